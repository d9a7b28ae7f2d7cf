import type { Fault, RowData } from '@runnel/contracts';
import { FileStore, RowStore, type DataSource } from '@runnel/store';
import { recordsInFile } from '../file/records-in-file';
import { largestFile } from '../file/save-file';
import { InvalidInputError } from '../invalid-input';
import { mostRecords, type GivenRecord } from './given-record';

/** What a caller's id of a record stands for: one of a file, a row that an earlier run read, or nothing of ours. */
export type NamedRecord =
  | { kind: 'file'; fileId: string; index: number; id: string }
  | { kind: 'row'; taskId: string; position: number; id: string }
  | { kind: 'own'; id: string };

interface WantedRecords {
  spaceId: string;
  names: NamedRecord[];
  /** The key that names them, and may use them; null: none does. */
  keyId: string | null;
  /** What all of them are; null: what the files say. */
  type: string | null;
  /** The inputs of the robot that they are for: a column of a file which is called as one is given as well. */
  inputNames: string[];
}

const mostFaults = 50;

/**
 * The records that ids stand for, in order, with the ids as they were written.
 * @throws InvalidInputError when a file, a record of it or a row is not there, or they are too large together.
 */
export async function recordsNamed(dataSource: DataSource, wanted: WantedRecords): Promise<GivenRecord[]> {
  const { names, type } = wanted;
  if (names.length > mostRecords) {
    throw wrongIds([{ path: 'records', message: `holds more than ${mostRecords} ids` }]);
  }
  const files = await readFiles(dataSource, wanted);
  const rows = await readRows(dataSource, wanted);
  const records: GivenRecord[] = [];
  const faults: Fault[] = [];
  for (const [place, name] of names.entries()) {
    const found = name.kind === 'row' ? ofRow(rows.get(name) ?? null) : ofFile(name, files);
    if (typeof found === 'string') faults.push({ path: `records[${place}]`, message: found, found: name.id });
    else records.push({ ...found, id: name.id, name: found.name ?? name.id, type: type ?? found.type });
    if (faults.length === mostFaults) break;
  }
  if (faults.length > 0) throw wrongIds(faults);
  return records;
}

/** What is found, or why it is not. */
type Found = GivenRecord | string;

const bare: GivenRecord = { id: null, name: null, type: null, inputs: {}, isText: false };

/** A cell is text, unless its field's rule made something else of it. */
function ofRow(row: RowData | null): Found {
  return row ? { ...bare, inputs: row, isText: true } : 'there is no such row';
}

function ofFile(name: NamedRecord, files: Map<string, FileRecords>): Found {
  if (name.kind !== 'file') return bare;
  const file = files.get(name.fileId);
  if (!file) return 'there is no such file of records';
  const records = file.count === 1 ? '1 record' : `${file.count} records`;
  return file.at.get(name.index) ?? `its file has ${records}, numbered from 0`;
}

type NamedRow = NamedRecord & { kind: 'row' };

async function readRows(
  dataSource: DataSource,
  { spaceId, names, keyId }: WantedRecords,
): Promise<Map<NamedRecord, RowData | null>> {
  const named = names.filter((name): name is NamedRow => name.kind === 'row');
  const wanted = { places: named, most: largestFile, forKey: keyId };
  const rows = named.length === 0 ? [] : await new RowStore(dataSource.manager).at(spaceId, wanted);
  if (!rows) throw tooLarge('rows that');
  return new Map(named.map((name, index) => [name, rows[index] ?? null]));
}

interface FileRecords {
  count: number;
  /** Those that are named, by their place in the file. */
  at: Map<number, GivenRecord>;
}

/** The files that are named and there: each is read once, and of one only what is named is kept while another is read. */
async function readFiles(
  dataSource: DataSource,
  { spaceId, names, keyId, inputNames }: WantedRecords,
): Promise<Map<string, FileRecords>> {
  const store = new FileStore(dataSource.manager);
  const files = new Map<string, FileRecords>();
  let bytes = 0;
  for (const [fileId, indexes] of indexesByFile(names)) {
    const view = await store.view(spaceId, fileId, keyId);
    if (!view || view.records === null) continue;
    bytes += view.size;
    if (bytes > largestFile) throw tooLarge('records of files that');
    const file = await store.find(spaceId, fileId);
    if (!file) continue;
    const records = recordsInFile(file, inputNames);
    const named = records.map((record, index) => [index, record] as const);
    const at = new Map(named.filter(([index]) => indexes.has(index)));
    files.set(fileId, { count: records.length, at });
  }
  return files;
}

function indexesByFile(names: NamedRecord[]): Map<string, Set<number>> {
  const files = new Map<string, Set<number>>();
  for (const name of names) {
    if (name.kind !== 'file') continue;
    files.set(name.fileId, (files.get(name.fileId) ?? new Set()).add(name.index));
  }
  return files;
}

function tooLarge(named: string): InvalidInputError {
  const message = `name ${named} are more than ${largestFile} bytes together`;
  return wrongIds([{ path: 'records', message }]);
}

function wrongIds(faults: Fault[]): InvalidInputError {
  return new InvalidInputError('The body is not right', faults);
}
