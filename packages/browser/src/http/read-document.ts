import { failure, FailureError } from '@runnel/contracts';
import { kindByBody, kindByHeaders } from './content-kind';
import { documentOf } from './document-of';
import { codingOf, type HttpAnswer } from './http-client';
import { networkError } from './network-failure';
import { BodyTooLarge, isCutOff, readBody } from './read-body';

/** To parse a page holds up all others of the process: ten MiB take some seconds. */
const maxPageMiB = 10;
const pageLimit = { bytes: maxPageMiB * 1024 * 1024, beyond: 'fail' } as const;

/**
 * The HTML of what was answered, as a browser would show it.
 * @throws FailureError PAGE_TOO_LARGE or NEEDS_BROWSER, or what `opening` turns into one
 */
export async function readDocument(answer: HttpAnswer): Promise<string> {
  const contentType = [answer.headers['content-type'] ?? ''].flat()[0] ?? '';
  const disposition = answer.headers['content-disposition'] ?? '';
  const told = kindByHeaders({ status: answer.status, contentType, disposition });
  if (told === 'download' || told === 'xml') throw refused(told, answer);
  const bytes = await bytesOf(answer);
  const kind = told ?? kindByBody(bytes, contentType);
  if (kind === 'download' || kind === 'xml') throw refused(kind, answer);
  return documentOf(bytes, { kind, contentType });
}

async function bytesOf(answer: HttpAnswer): Promise<Buffer> {
  try {
    return await readBody(answer.body, codingOf(answer), pageLimit);
  } catch (error) {
    if (error instanceof BodyTooLarge) throw tooLarge(answer.url);
    if (isCutOff(error)) throw new Error('the document was cut off', { cause: error });
    throw error;
  }
}

function refused(kind: 'download' | 'xml', { url, body }: HttpAnswer): Error {
  body.on('error', () => null).destroy();
  if (kind === 'download') return networkError('ERR_ABORTED');
  const message = `Could not open ${url}: it is an XML document, which only a browser reads`;
  return new FailureError(failure('NEEDS_BROWSER', message, { url }));
}

function tooLarge(url: string): FailureError {
  const message = `Could not open ${url}: it is larger than ${maxPageMiB} MiB`;
  return new FailureError(failure('PAGE_TOO_LARGE', message, { url }));
}
