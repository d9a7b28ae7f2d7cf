import type { Fault, InputFile } from '@runnel/contracts';
import { FileStore, type DataSource } from '@runnel/store';
import { InvalidInputError } from '../invalid-input';
import { mostRecords } from '../run/given-record';
import { largestFile } from './save-file';

/**
 * The files whose records a run is started with, in order; null for one that holds no records. `keyId`: the key that
 * names them, and may use them; null: none does.
 * @throws InvalidInputError when the space has no such file, or they hold too many records.
 */
export async function inputFiles(
  dataSource: DataSource,
  { spaceId, fileIds, keyId }: { spaceId: string; fileIds: string[]; keyId: string | null },
): Promise<(InputFile | null)[]> {
  const store = new FileStore(dataSource.manager);
  const views = await Promise.all(fileIds.map((id) => store.view(spaceId, id, keyId)));
  const missing = views.findIndex((file) => file === null);
  if (missing >= 0) throw noSuchFile(missing, fileIds[missing]);
  const records = views.reduce((sum, file) => sum + (file?.records ?? 0), 0);
  if (records > mostRecords) {
    const message = `hold ${records} records; a run takes at most ${mostRecords}`;
    throw wrongFiles({ path: 'fileIds', message });
  }
  const bytes = views.reduce((sum, file) => sum + (file && file.records !== null ? file.size : 0), 0);
  if (bytes > largestFile) {
    throw wrongFiles({
      path: 'fileIds',
      message: `are ${bytes} bytes together; a run takes at most ${largestFile}`,
    });
  }
  const files: (InputFile | null)[] = [];
  for (const [index, view] of views.entries()) {
    const isRead = view && view.records !== null;
    const file = isRead ? await store.find(spaceId, view.id) : null;
    if (isRead && !file) throw noSuchFile(index, view.id);
    files.push(file);
  }
  return files;
}

function noSuchFile(index: number, found: unknown): InvalidInputError {
  return wrongFiles({ path: `fileIds[${index}]`, message: 'there is no such file', found });
}

function wrongFiles(fault: Fault): InvalidInputError {
  return new InvalidInputError('The body is not right', [fault]);
}
