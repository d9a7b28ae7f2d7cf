import type { NamedRecord } from '@runnel/services';
import { readBase36, readUuid } from '../../id-forms';

/**
 * What an id in `recordIds` stands for: `rec_<file>_<n>` the record at place n of an uploaded file, from 0;
 * `row_<task>_<n>` the row at place n of an earlier task, from 0; file and task in base 36, or as UUIDs; anything else a
 * record of the caller's own.
 */
export function namedRecord(id: string): NamedRecord {
  const [, kind, owner = '', place] = /^(rec|row)_([0-9a-z]{25}|[0-9a-f-]{36})_(\d{1,9})$/.exec(id) ?? [];
  const ownerId = readBase36(owner) ?? readUuid(owner);
  if (ownerId === null) return { kind: 'own', id };
  if (kind === 'row') return { kind, taskId: ownerId, position: Number(place), id };
  return { kind: 'file', fileId: ownerId, index: Number(place), id };
}
