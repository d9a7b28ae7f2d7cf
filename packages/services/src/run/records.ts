import {
  inputResolver,
  inputsOf,
  originUrl,
  type Definition,
  type Fault,
  type InputFile,
  type Inputs,
  type RecordName,
} from '@runnel/contracts';
import { recordsInFile } from '../file/records-in-file';
import { InvalidInputError } from '../invalid-input';
import { mostRecords, type GivenRecord } from './given-record';

/** A file of ten thousand records may be wrong in each: so many faults are told. */
const mostFaults = 50;

export interface GivenInputs {
  /** What all tasks have, unless their records say otherwise. */
  inputs: Record<string, unknown>;
  originUrl: string | null;
  records: GivenRecord[] | null;
  files: InputFile[];
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
  const resolved = placedRecords(definition, given).map(({ record, place }) => {
    const found = resolve({ ...shared, ...record?.inputs }, { readText: record?.isText ?? false });
    faults.push(...found.faults.map((fault) => ({ ...fault, path: `${place}${fault.path}` })));
    return { inputs: found.inputs ?? {}, record: record && nameOf(record) };
  });
  if (faults.length === 0) return resolved;
  const more =
    faults.length > mostFaults ? ` (${faults.length} faults; these are the first ${mostFaults})` : '';
  throw new InvalidInputError(`The inputs do not fit the robot${more}`, faults.slice(0, mostFaults));
}

/** All records, and where each was given. */
function placedRecords(
  definition: Definition,
  { records, files }: GivenInputs,
): { record: GivenRecord | null; place: string }[] {
  if (!records && files.length === 0) return [{ record: null, place: '' }];
  const names = inputsOf(definition).map(({ name }) => name);
  const given = (records ?? []).map((record, index) => ({ record, place: `records[${index}].` }));
  const inFiles = files.flatMap((file, number) =>
    recordsInFile(file, names).map((record, index) => ({
      record,
      place: `fileIds[${number}].records[${index}].`,
    })),
  );
  const all = [...given, ...inFiles];
  if (all.length > 0 && all.length <= mostRecords) return all;
  const message = `a run takes from 1 to ${mostRecords} records; these are ${all.length}`;
  throw new InvalidInputError('The body is not right', [
    { path: files.length > 0 ? 'fileIds' : 'records', message },
  ]);
}

function nameOf({ id, name, type }: GivenRecord): RecordName | null {
  return id === null && name === null && type === null ? null : { id, name, type };
}
