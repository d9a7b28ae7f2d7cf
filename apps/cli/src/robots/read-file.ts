import { readFile } from 'node:fs/promises';
import type { Fault } from '@runnel/contracts';
import { UsageError } from '../usage-error';

/** The JSON document in a file. @throws UsageError */
export async function readDocument(file: string | undefined): Promise<unknown> {
  if (file === undefined) throw new UsageError('Which FILE?');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(unreadable(file, error));
  });
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new UsageError(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function unreadable(file: string, error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return `There is no file ${file}`;
  return code === 'EISDIR' ? `${file} is a folder` : `${file} cannot be read: ${message}`;
}

/** Faults as one reads them, a line each. */
export function faultLines(faults: Fault[]): string {
  return faults
    .map((fault) => {
      const { path, message, didYouMean } = fault;
      const hint = didYouMean === undefined ? '' : ` (did you mean ${JSON.stringify(didYouMean)}?)`;
      return `  ${path === '' ? 'the document' : path}: ${message}${foundIn(fault)}${hint}`;
    })
    .join('\n');
}

/** What was found, where the message does not say it; the value of a key that nobody knows says nothing. */
function foundIn({ found, allowed, message }: Fault): string {
  const isShown = found !== null && ['string', 'number', 'boolean'].includes(typeof found);
  const text = JSON.stringify(found);
  return isShown && allowed === undefined && !message.includes(text) ? `; found ${text}` : '';
}
