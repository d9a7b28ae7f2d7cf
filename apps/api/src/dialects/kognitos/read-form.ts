import { largestFile } from '@runnel/services';
import type { RequestHandler } from 'express';
import multer, { MulterError, memoryStorage } from 'multer';
import { HttpProblem } from '../../http-problem';

const form = multer({
  storage: memoryStorage(),
  limits: {
    ...{ files: 1, fileSize: largestFile, fields: 20, parts: 21, headerPairs: 20 },
    // A name like a[b][0] would build what it says.
    ...{ fieldSize: 8 * 1024, fieldNameSize: 100, fieldNestingDepth: 0, fieldArrayIndexLimit: 0 },
  },
}).single('file');

/** Reads a form: its texts, and its one file as `file`. */
export const readForm: RequestHandler = (request, response, next) => {
  void form(request, response, (error: unknown) => {
    if (error !== undefined) return next(problemOf(error));
    const { file } = request;
    const fields: unknown = request.body;
    request.body = { ...asObject(fields), ...(file && { file: asFile(file) }) };
    next();
  });
};

function asFile({ buffer, originalname, mimetype }: Express.Multer.File): File {
  return new File([new Uint8Array(buffer)], originalname, { type: mimetype });
}

function asObject(fields: unknown): object {
  return typeof fields === 'object' && fields !== null ? fields : {};
}

function problemOf(error: unknown): unknown {
  if (error instanceof MulterError) return refusalOf(error);
  // What else is thrown tells of a body that is no form, or that broke off.
  return error instanceof Error
    ? new HttpProblem('INVALID_INPUT', `The form did not arrive: ${error.message}`)
    : error;
}

function refusalOf({ code, message, field = '' }: MulterError): HttpProblem {
  if (code === 'LIMIT_FILE_SIZE') {
    const most = `${largestFile / 1024 / 1024} MiB`;
    return new HttpProblem('BODY_TOO_LARGE', `The file is larger than ${most}; split it into several`);
  }
  const told =
    code === 'LIMIT_UNEXPECTED_FILE'
      ? 'is a file of another name, or a second one; send one, as `file`'
      : message;
  return new HttpProblem('INVALID_INPUT', 'The form is not right', [{ path: field, message: told }]);
}
