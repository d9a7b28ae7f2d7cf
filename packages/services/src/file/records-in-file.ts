import type { Fault, InputFile } from '@runnel/contracts';
import { InvalidInputError } from '../invalid-input';
import { mostRecords, type GivenRecord } from '../run/given-record';
import { csvItems } from './csv-items';
import { formatOf, type FileFormat } from './file-format';
import type { FileItem } from './file-item';
import { textOf } from './file-text';
import { jsonItems, ndjsonItems } from './json-items';
import { readItem } from './read-item';

const mostFaults = 50;

const readers: Record<FileFormat, { itemsOf: (text: string) => Iterable<FileItem>; isText: boolean }> = {
  // One more than allowed, so that it is seen.
  csv: { itemsOf: (text) => csvItems(text, mostRecords + 1), isText: true },
  json: { itemsOf: jsonItems, isText: false },
  ndjson: { itemsOf: ndjsonItems, isText: false },
};

/**
 * The records of a CSV, JSON or NDJSON file, in order. `inputNames`: the inputs of the robot that they are for, so that
 * one which is called `id`, `name` or `type` is given as well.
 * @throws InvalidInputError with the first faults.
 */
export function recordsInFile(
  file: Pick<InputFile, 'name' | 'contentType' | 'bytes'>,
  inputNames: readonly string[] = [],
): GivenRecord[] {
  return readFile(file, inputNames).records;
}

/** The same with the format, which is told by the file's content type, its name, or how it begins. */
export function readFile(
  file: Pick<InputFile, 'name' | 'contentType' | 'bytes'>,
  inputNames: readonly string[],
): { format: FileFormat; records: GivenRecord[] } {
  const text = textOf(file.bytes);
  const { format, toldBy } = formatOf(file, text);
  const { itemsOf, isText } = readers[format];
  const records: GivenRecord[] = [];
  const faults: Fault[] = [];
  for (const item of itemsOf(text)) {
    const isOver = records.length === mostRecords;
    faults.push(...(isOver ? [tooMany] : take(item, records, { inputNames, isText })));
    if (isOver || faults.length >= mostFaults) break;
  }
  if (records.length === 0 && faults.length === 0) faults.push({ path: '', message: 'holds no record' });
  if (faults.length === 0) return { format, records };
  const more = faults.length >= mostFaults ? `; its first ${mostFaults} faults are told` : '';
  const message = `The file cannot be read as ${format.toUpperCase()} (told by ${toldBy})${more}`;
  throw new InvalidInputError(message, faults.slice(0, mostFaults));
}

const tooMany: Fault = {
  path: '',
  message: `has more than ${mostRecords} records; split it into files that are started one after the other`,
};

/** Adds the item's record. Gives what is wrong with it. */
function take(
  item: FileItem,
  records: GivenRecord[],
  how: { inputNames: readonly string[]; isText: boolean },
): Fault[] {
  if ('fault' in item) return [item.fault];
  const { record, faults } = readItem(item.value, how);
  if (record) records.push(record);
  return faults.map(({ keys, ...fault }) => ({ path: item.at(keys), ...fault }));
}
