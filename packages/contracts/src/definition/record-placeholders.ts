import type { Inputs, RecordName } from '../records';

/** What steps may use of their task's record without declaring it: an input's name has no dot. */
export const recordPlaceholders = ['record.id', 'record.name', 'record.type'];

/** All that the steps of a task are filled from. What its record lacks is an empty text. */
export function withRecord(inputs: Inputs, record: RecordName | null): Inputs {
  const { id, name, type } = record ?? { id: null, name: null, type: null };
  return { ...inputs, 'record.id': id ?? '', 'record.name': name ?? '', 'record.type': type ?? '' };
}
