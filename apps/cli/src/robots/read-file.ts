import { readFile } from 'node:fs/promises';
import type { Fault } from '@runnel/contracts';
import { UsageError } from './usage-error';

/** The JSON document in a file. @throws UsageError */
export async function readDocument(file: string | undefined): Promise<unknown> {
  if (file === undefined) throw new UsageError('Which FILE?');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new UsageError(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Faults as one reads them, a line each. */
export function faultLines(faults: Fault[]): string {
  return faults
    .map(({ path, message, didYouMean }) => {
      const hint = didYouMean === undefined ? '' : ` (did you mean ${JSON.stringify(didYouMean)}?)`;
      return `  ${path === '' ? 'the document' : path}: ${message}${hint}`;
    })
    .join('\n');
}
