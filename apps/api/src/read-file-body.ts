import { largestFile } from '@runnel/services';
import express, { type RequestHandler } from 'express';
import { HttpProblem } from './http-problem';

const reader = express.raw({ limit: largestFile, type: () => true });

/** Reads the body as the bytes of a file, whatever its content type says. Before the reader of JSON: a body is read once. */
export const readFileBody: RequestHandler = (request, response, next) => {
  if (/^multipart\//i.test(request.get('content-type') ?? '')) {
    const message = 'The body must be the bytes of the file, not a form: curl --data-binary @stores.csv';
    throw new HttpProblem('INVALID_INPUT', message);
  }
  reader(request, response, (error?: unknown) => next(error === undefined ? undefined : problemOf(error)));
};

/** The bytes that were read. */
export function fileIn(body: unknown): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

function problemOf(error: unknown): unknown {
  const { type, status, message } = error as { type?: string; status?: number; message: string };
  if (type === 'entity.too.large') {
    const most = `${largestFile / 1024 / 1024} MiB`;
    return new HttpProblem('BODY_TOO_LARGE', `The file is larger than ${most}; split it into several`);
  }
  return (status ?? 500) < 500
    ? new HttpProblem('INVALID_INPUT', `The file did not arrive: ${message}`)
    : error;
}
