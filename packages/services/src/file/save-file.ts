import { FileStore, type DataSource, type FileView } from '@runnel/store';
import { contentTypes } from './file-format';
import { readFile } from './records-in-file';

/** Bytes. */
export const largestFile = 20 * 1024 * 1024;

export interface NewFile {
  spaceId: string;
  name: string;
  /** As it was sent; the empty text when it was not said. */
  contentType: string;
  bytes: Buffer;
}

/** Keeps a file of records, once it is known that they can be read. @throws InvalidInputError with the first faults. */
export async function saveFile(
  dataSource: DataSource,
  { spaceId, name, contentType, bytes }: NewFile,
): Promise<FileView> {
  const { format, records } = readFile({ name, contentType, bytes }, []);
  const kept = { spaceId, name, contentType: contentTypes[format], records: records.length, bytes };
  return new FileStore(dataSource.manager).create(kept);
}
