import {
  inputResolver,
  inputsOf,
  originUrl,
  type Definition,
  type Fault,
  type InputFile,
  type Inputs,
  type RecordName,
  type UnknownInputs,
} from '@runnel/contracts';
import { recordsInFile } from '../file/records-in-file';
import { InvalidInputError } from '../invalid-input';
import { mostRecords, type GivenRecord } from './given-record';

/** A file of ten thousand records may be wrong in each: so many faults are told. */
const mostFaults = 50;

/** Bytes, as JSON: what all tasks share is stored with each. */
const mostInputs = 64 * 1024 * 1024;

export interface GivenInputs {
  /** What all tasks have, unless their records say otherwise. */
  inputs: Record<string, unknown>;
  originUrl: string | null;
  records: GivenRecord[] | null;
  /** Null: one that holds no records. */
  files: (InputFile | null)[];
  unknownInputs: UnknownInputs;
}

/** The inputs of a run's tasks: one for each record, or one in all. @throws InvalidInputError */
export function resolveRecords(
  definition: Definition,
  given: GivenInputs,
): { inputs: Inputs; record: RecordName | null }[] {
  const origin = given.originUrl === null ? {} : { [originUrl]: given.originUrl };
  const shared = { ...given.inputs, ...origin };
  const resolve = inputResolver(definition);
  const faults: Fault[] = [];
  const { unknownInputs } = given;
  let size = 0;
  const resolved = placedRecords(definition, given).map(({ record, place }) => {
    const readText = record?.isText ?? false;
    const found = resolve({ ...shared, ...record?.inputs }, { readText, unknownInputs });
    faults.push(...found.faults.map((fault) => ({ ...fault, path: `${place}${fault.path}` })));
    size += JSON.stringify(found.inputs).length;
    if (size > mostInputs) throw tooLarge();
    return { inputs: found.inputs ?? {}, record: record && nameOf(record) };
  });
  if (faults.length === 0) return resolved;
  const more =
    faults.length > mostFaults ? ` (${faults.length} faults; these are the first ${mostFaults})` : '';
  throw new InvalidInputError(`The inputs are not right${more}`, faults.slice(0, mostFaults));
}

function tooLarge(): InvalidInputError {
  const message = `are more than ${mostInputs} bytes in all tasks together; give each record less, or start several runs`;
  return new InvalidInputError('The inputs are too large', [{ path: 'inputs', message }]);
}

/** All records, and where each was given. */
function placedRecords(
  definition: Definition,
  { records, files }: GivenInputs,
): { record: GivenRecord | null; place: string }[] {
  const isRecordFile = files.some((file) => file !== null);
  if (!records && !isRecordFile) return [{ record: null, place: '' }];
  const names = inputsOf(definition).map(({ name }) => name);
  const given = (records ?? []).map((record, index) => ({ record, place: `records[${index}].` }));
  const inFiles = files.flatMap((file, number) =>
    (file ? recordsInFile(file, names) : []).map((record, index) => ({
      record,
      place: `fileIds[${number}].records[${index}].`,
    })),
  );
  const all = [...given, ...inFiles];
  if (all.length > 0 && all.length <= mostRecords) return all;
  const message = `a run takes from 1 to ${mostRecords} records; these are ${all.length}`;
  throw new InvalidInputError('The body is not right', [
    { path: isRecordFile ? 'fileIds' : 'records', message },
  ]);
}

function nameOf({ id, name, type }: GivenRecord): RecordName | null {
  return id === null && name === null && type === null ? null : { id, name, type };
}
