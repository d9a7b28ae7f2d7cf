import type { Fault, RecordFilter, RowCondition, RowData, ScheduleTarget } from '@runnel/contracts';
import { matchingRows, newestYield, type DataSource, type MatchingRow } from '@runnel/store';
import { largestFile } from '../file/save-file';
import { InvalidInputError } from '../invalid-input';
import { mostRecords, type GivenRecord } from '../run/given-record';
import { recordsNamed, type NamedRecord } from '../run/named-records';

export interface WantedTarget {
  spaceId: string;
  target: ScheduleTarget;
  /** The key that names files and rows, and may use them; null: that was seen to before. */
  keyId: string | null;
  /** The inputs of the robot that is started. */
  inputNames: string[];
}

/** A filter has no row now: there may be one when it fires. */
export class NoMatchError extends InvalidInputError {
  constructor(fault: Fault) {
    super('The filter finds no records', [fault]);
    this.name = 'NoMatchError';
  }
}

/**
 * The records that a schedule's target names, in order, and behind them those that its filter finds now. Null when it
 * has neither.
 * @throws InvalidInputError for what is wrong or gone. @throws NoMatchError
 */
export async function targetRecords(
  dataSource: DataSource,
  wanted: WantedTarget,
): Promise<GivenRecord[] | null> {
  const { records, recordFilter } = wanted.target;
  if (records.length === 0 && !recordFilter) return null;
  const listed = await listedRecords(dataSource, wanted);
  return recordFilter ? [...listed, ...(await filteredRecords(dataSource, wanted, recordFilter))] : listed;
}

async function listedRecords(
  dataSource: DataSource,
  { spaceId, target, keyId, inputNames }: WantedTarget,
): Promise<GivenRecord[]> {
  const { records, recordType: type } = target;
  const places: number[] = [];
  const names = records.filter((record, place): record is NamedRecord => {
    if (record.kind !== 'given') places.push(place);
    return record.kind !== 'given';
  });
  const found = await recordsNamed(dataSource, { spaceId, names, keyId, type, inputNames }).catch(
    (error: unknown) => {
      throw error instanceof InvalidInputError ? atPlaces(error, places) : error;
    },
  );
  const named = new Map(found.map((record, index) => [places[index], record]));
  return records.flatMap((record, place) => {
    if (record.kind !== 'given') return named.get(place) ?? [];
    const { id, name, inputs } = record;
    return [{ id, name: name ?? id, type, inputs, isText: false }];
  });
}

/** Faults of ids that stand between records which are given. */
function atPlaces({ message, faults }: InvalidInputError, places: number[]): InvalidInputError {
  const placed = faults.map((fault) => {
    const path = fault.path.replace(/^records\[(\d+)\]/, (_, index) => `records[${places[Number(index)]}]`);
    return { ...fault, path: `target.${path}` };
  });
  return new InvalidInputError(message, placed);
}

/** Rows of one id make one record, the first of them. */
async function filteredRecords(
  dataSource: DataSource,
  { spaceId, target, inputNames }: WantedTarget,
  filter: RecordFilter,
): Promise<GivenRecord[]> {
  const faults = faultsOf(filter);
  if (faults.length > 0) throw new InvalidInputError('The filter is not right', faults);
  const run = await newestYield(dataSource.manager, { spaceId, robotId: filter.robotId });
  const path = 'target.recordFilter.robotId';
  if (!run) throw wrong({ path, message: 'there is no such robot', found: filter.robotId });
  if (run.runId === null) throw new NoMatchError({ path, message: 'none of its runs has succeeded so far' });
  const inputs = inputFields(filter, inputNames);
  const fields = [...inputs.values(), ...(filter.id === null ? [] : [filter.id])];
  const records = new Map<string, GivenRecord>();
  let bytes = 0;
  for await (const row of allMatching(dataSource, { ...filter, runId: run.runId, fields })) {
    const id = idOf(row, filter.id);
    if (records.has(id)) continue;
    bytes += row.bytes;
    if (bytes > largestFile) throw tooLarge();
    records.set(id, {
      id,
      name: id,
      type: target.recordType,
      inputs: inputsOf(row.data, inputs),
      isText: true,
    });
    if (records.size === filter.limit) break;
  }
  if (records.size > 0) return [...records.values()];
  const message = 'no row of the last run of its robot that succeeded matches';
  throw new NoMatchError({ path: 'target.recordFilter', message });
}

type Matching = Omit<Parameters<typeof matchingRows>[1], 'after'>;

async function* allMatching(
  { manager }: DataSource,
  { runId, list, where, fields }: Matching,
): AsyncGenerator<MatchingRow> {
  for (let after: MatchingRow | null = null; ;) {
    const page: MatchingRow[] = await matchingRows(manager, { runId, list, where, fields, after });
    yield* page;
    after = page.at(-1) ?? null;
    if (!after) return;
  }
}

/** The field that each input is taken from. */
function inputFields({ inputs }: RecordFilter, inputNames: string[]): Map<string, string> {
  const given = Object.entries(inputs);
  return new Map(given.length > 0 ? given : inputNames.map((name) => [name, name]));
}

/** A cell that a row does not have is no input: the robot's default stands in. */
function inputsOf(data: RowData, fields: Map<string, string>): RowData {
  const inputs = [...fields].map(([name, field]) => [name, data[field] ?? null] as const);
  return Object.fromEntries(inputs.filter(([, cell]) => cell !== null));
}

/** A row without such a field is a record of its own. */
function idOf({ data, taskId, position }: MatchingRow, field: string | null): string {
  const cell = field === null ? null : (data[field] ?? null);
  return cell === null || cell === '' || typeof cell === 'object' ? `${taskId}_${position}` : String(cell);
}

function faultsOf({ where, limit }: RecordFilter): Fault[] {
  const faults = where.flatMap((condition, place) => {
    const message = faultOf(condition);
    const path = `target.recordFilter.where[${place}].value`;
    return message === null ? [] : [{ path, message, found: condition.value }];
  });
  if (Number.isInteger(limit) && limit >= 1 && limit <= mostRecords) return faults;
  const message = `must be a whole number from 1 to ${mostRecords}`;
  return [...faults, { path: 'target.recordFilter.limit', message, found: limit }];
}

const comparisons: RowCondition['op'][] = ['gt', 'gte', 'lt', 'lte'];

function faultOf({ op, value }: RowCondition): string | null {
  if (op === 'exists') return typeof value === 'boolean' ? null : 'must be true or false';
  if (typeof value === 'number') return Number.isFinite(value) ? null : 'must be a finite number';
  return comparisons.includes(op) ? 'must be a number' : null;
}

function wrong(fault: Fault): InvalidInputError {
  return new InvalidInputError('The filter is not right', [fault]);
}

function tooLarge(): InvalidInputError {
  const message = `finds rows that are more than ${largestFile} bytes together; name fewer inputs or a lower limit`;
  return wrong({ path: 'target.recordFilter', message });
}
