import type { InputFile } from '@runnel/contracts';
import { FileStore, type DataSource, type FileView } from '@runnel/store';
import { contentTypes, labelledFormat } from './file-format';
import { readFile } from './records-in-file';

/** Bytes. */
export const largestFile = 20 * 1024 * 1024;

export interface NewFile {
  spaceId: string;
  /** One that was given out before the file came; else it gets a new one. */
  id?: string;
  /** The key that uploads it. */
  keyId?: string | null;
  name: string;
  /** As it was sent; the empty text when it was not said. */
  contentType: string;
  /** `any`: one that neither its content type nor its name calls a file of records is kept as it is. */
  kind: 'records' | 'any';
  bytes: Buffer;
}

/**
 * Keeps a file: one of records once it is known that they can be read. Null when a file with this id is there already.
 * @throws InvalidInputError with the first faults.
 */
export async function saveFile(dataSource: DataSource, { kind, ...file }: NewFile): Promise<FileView | null> {
  const isRead = kind === 'records' || labelledFormat(file) !== null;
  const read = isRead ? recordsOf(file) : unread(file);
  return new FileStore(dataSource.manager).create({ ...file, ...read });
}

type Kept = Pick<InputFile, 'contentType' | 'records'>;

function recordsOf(file: Pick<InputFile, 'name' | 'contentType' | 'bytes'>): Kept {
  const { format, records } = readFile(file, []);
  return { contentType: contentTypes[format], records: records.length };
}

function unread({ contentType }: Pick<InputFile, 'contentType'>): Kept {
  const isPlain = /^[\x20-\x7e]{1,200}$/.test(contentType);
  return { contentType: isPlain ? contentType : 'application/octet-stream', records: null };
}
