import type { RunKey } from '@runnel/services';
import { RowStore, RunStore, TaskListStore, type PlacedRow, type RowPlace } from '@runnel/store';
import { ClientStream } from '../../client-stream';
import type { ApiDeps } from '../../deps';
import { HttpProblem } from '../../http-problem';
import { operation, type Operation } from '../../operation';
import { robotInPath } from '../../robot-of';
import { placeCursor, runKeyOf, runNotFound, taskIdOf, taskNotFound, type RunParams } from './ids';
import { dataAnswer } from './present-run';
import { dataQuery } from './query';

const rowsAtOnce = 1_000;

/** A run's rows, however many: page by page as JSON, or all of them as lines. */
export function dataOperations({ dataSource, stopping, streamTiming }: ApiDeps): Operation[] {
  const counted = countedRows(dataSource);
  const rows = new RowStore(dataSource.manager);
  const getData = operation({
    method: 'get',
    path: '/robots/{id}/runs/{runId}/data',
    id: 'getData',
    scope: 'runs:read',
    robotOf: robotInPath,
    summary: 'The rows of a run: a page as JSON, or all of them as lines with `format=ndjson`',
    params: { id: 'The robot, a UUID', runId: 'The run, a UUID' },
    query: dataQuery,
    answers: { 200: dataAnswer },
    streams: ['application/x-ndjson'],
    serve: async ({ spaceId, params, query, response }) => {
      const { list = null, limit, cursor = null, format, task, include } = query;
      const taskId = taskIdOf(params.runId, task);
      const key = runKeyOf({ spaceId, params });
      const source = (await counted(key, taskId)) ?? notFound(params, taskId);
      if (cursor) refuseOtherTask(cursor, source);
      const shown = showing[include];
      const page = (after: RowPlace | null, count: number) =>
        rows.page(key.runId, { list, taskId, after, limit: count });
      if (format === 'ndjson') {
        const stream = new ClientStream(response, { stopping, stallMs: streamTiming.stallMs });
        await sendLines(stream, page, { after: cursor, limit: limit ?? Infinity, shown });
        return null;
      }
      const count = limit ?? rowsAtOnce;
      const totalCount = list === null ? source.rowCount : rowsOf(source, list);
      return pageOf({ found: (await page(cursor, count)) ?? overtaken(), count, totalCount, shown });
    },
  });
  return [getData];
}

/** How many rows there are in a run, or in one task of it. */
interface RowCounts {
  rowCount: number;
  lists: Record<string, number>;
  /** The task's place in its run. */
  ordinal: number | null;
}

/** Null: there is no such run, or no such task in it. */
function countedRows({
  manager,
}: ApiDeps['dataSource']): (key: RunKey, taskId: string | null) => Promise<RowCounts | null> {
  const runs = new RunStore(manager);
  const tasks = new TaskListStore(manager);
  return async (key, taskId) => {
    if (taskId !== null) return tasks.find(key, taskId);
    const run = await runs.find(key, 0);
    return run && { ...run, ordinal: null };
  };
}

function dataOf({ data }: PlacedRow): unknown {
  return data;
}

/** A row, and which record it is of. */
function withTask({ taskId, task: ordinal, record, list, data }: PlacedRow): unknown {
  return { task: { id: taskId, ordinal, record }, list, data };
}

const showing = { data: dataOf, task: withTask };

/** A list may be called as what every object inherits. */
function rowsOf({ lists }: RowCounts, list: string): number {
  return Object.hasOwn(lists, list) ? (lists[list] ?? 0) : 0;
}

function overtaken(): never {
  throw new HttpProblem(
    'CONFLICT',
    'The task was tried again since that cursor was given: read its rows from the start',
  );
}

function notFound({ id, runId }: RunParams, taskId: string | null): never {
  throw taskId === null ? runNotFound(id, runId) : taskNotFound(runId, taskId);
}

function refuseOtherTask(cursor: RowPlace, { ordinal }: RowCounts): void {
  if (ordinal === null || cursor.task === ordinal) return;
  const faults = [{ path: 'cursor', message: 'was given for the rows of another task' }];
  throw new HttpProblem('INVALID_INPUT', 'The query is not right', faults);
}

function pageOf({
  found,
  count,
  totalCount,
  shown,
}: {
  found: PlacedRow[];
  count: number;
  totalCount: number;
  shown: (row: PlacedRow) => unknown;
}) {
  const last = found.at(-1);
  const hasMore = found.length === count || last?.isCut;
  const data = {
    totalCount,
    items: found.map(shown),
    nextCursor: last && hasMore ? placeCursor(last) : null,
  };
  return { status: 200, body: { statusCode: 200, messageCode: 'success', data } } as const;
}

/** As slow as the client reads, and never more than a page in memory. Cut off when the rows are overtaken meanwhile. */
async function sendLines(
  stream: ClientStream,
  page: (after: RowPlace | null, count: number) => Promise<PlacedRow[] | null>,
  from: { after: RowPlace | null; limit: number; shown: (row: PlacedRow) => unknown },
): Promise<void> {
  const { shown } = from;
  let { after, limit } = from;
  let found = (await page(after, Math.min(limit, rowsAtOnce))) ?? overtaken();
  stream.begin('application/x-ndjson');
  while (found.length > 0) {
    const lines = found.map((row) => `${JSON.stringify(shown(row))}\n`).join('');
    if (!(await stream.write(Buffer.from(lines)))) return stream.cutOff();
    limit -= found.length;
    after = found.at(-1) ?? null;
    const next = limit > 0 ? await page(after, Math.min(limit, rowsAtOnce)) : [];
    if (!next) return stream.cutOff();
    found = next;
  }
  stream.end();
}
