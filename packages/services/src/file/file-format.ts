import type { InputFile } from '@runnel/contracts';

export type FileFormat = 'csv' | 'json' | 'ndjson';

/** How a file is kept: what it was sent as may be what curl says of anything. */
export const contentTypes: Record<FileFormat, string> = {
  csv: 'text/csv',
  json: 'application/json',
  ndjson: 'application/x-ndjson',
};

const formatsByType: Record<string, FileFormat> = {
  'text/csv': 'csv',
  'application/csv': 'csv',
  'text/tab-separated-values': 'csv',
  'application/json': 'json',
  'text/json': 'json',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
  'application/x-jsonlines': 'ndjson',
  'application/json-lines': 'ndjson',
};

const formatsByEnding: Record<string, FileFormat> = {
  csv: 'csv',
  tsv: 'csv',
  json: 'json',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
};

type FileLabel = Pick<InputFile, 'contentType' | 'name'>;
interface ToldFormat {
  format: FileFormat;
  toldBy: string;
}

/** What a file holds, and what tells so: its content type, else its name's ending, else how it begins. */
export function formatOf(file: FileLabel, text: string): ToldFormat {
  return labelledFormat(file) ?? { format: formatByLook(text), toldBy: 'how it begins' };
}

/** What a file of records says to hold; null when it does not say that it holds any. */
export function labelledFormat({ contentType, name }: FileLabel): ToldFormat | null {
  const byType = own(formatsByType, contentType.split(';')[0]?.trim().toLowerCase() ?? '');
  if (byType) return { format: byType, toldBy: 'its content type' };
  const byEnding = own(formatsByEnding, /\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? '');
  return byEnding ? { format: byEnding, toldBy: 'its name' } : null;
}

function own<T>(values: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** A first line that is a record by itself is one of many; any other brace opens a document. */
function formatByLook(text: string): FileFormat {
  const start = text.trimStart();
  if (start.startsWith('[')) return 'json';
  if (!start.startsWith('{')) return 'csv';
  try {
    const first: unknown = JSON.parse(/^.*/.exec(start)?.[0] ?? '');
    return Object.hasOwn(first as object, 'records') ? 'json' : 'ndjson';
  } catch {
    return 'json';
  }
}
