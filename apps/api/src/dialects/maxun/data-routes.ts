import type { RunKey } from '@runnel/services';
import { RowStore, RunStore, TaskListStore, type PlacedRow, type RowPlace } from '@runnel/store';
import { Router, type RequestHandler, type Response } from 'express';
import { ClientStream } from '../../client-stream';
import type { ApiDeps } from '../../deps';
import { HttpProblem } from '../../http-problem';
import { read } from '../../read-input';
import { placeCursor, runKeyOf, runNotFound, taskIdOf, taskNotFound, type RunParams } from './ids';
import { dataAnswer } from './presenter';
import { dataQuery } from './query';

const rowsAtOnce = 1_000;

/** A run's rows, however many: page by page as JSON, or all of them as lines. */
export function dataRoutes(deps: ApiDeps): Router {
  const router = Router();
  router.get('/robots/:id/runs/:runId/data', getData(deps));
  return router;
}

function getData({ dataSource, stopping, streamTiming }: ApiDeps): RequestHandler<RunParams> {
  const counted = countedRows(dataSource);
  const rows = new RowStore(dataSource.manager);
  return async (request, response) => {
    const {
      list = null,
      limit,
      cursor = null,
      format,
      task,
      include,
    } = read(dataQuery, request.query, 'query');
    const taskId = taskIdOf(request.params.runId, task);
    const key = runKeyOf(request.params, response);
    const source = (await counted(key, taskId)) ?? notFound(request.params, taskId);
    if (cursor) refuseOtherTask(cursor, source);
    const shown = showing[include];
    const page = (after: RowPlace | null, count: number) =>
      rows.page(key.runId, { list, taskId, after, limit: count });
    if (format === 'ndjson') {
      const stream = new ClientStream(response, { stopping, stallMs: streamTiming.stallMs });
      return sendLines(stream, page, { after: cursor, limit: limit ?? Infinity, shown });
    }
    const count = limit ?? rowsAtOnce;
    const totalCount = list === null ? source.rowCount : rowsOf(source, list);
    sendPage(response, { found: (await page(cursor, count)) ?? overtaken(), count, totalCount, shown });
  };
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

function sendPage(
  response: Response,
  {
    found,
    count,
    totalCount,
    shown,
  }: { found: PlacedRow[]; count: number; totalCount: number; shown: (row: PlacedRow) => unknown },
): void {
  const last = found.at(-1);
  const hasMore = found.length === count || last?.isCut;
  const data = {
    totalCount,
    items: found.map(shown),
    nextCursor: last && hasMore ? placeCursor(last) : null,
  };
  response.json(dataAnswer.parse({ statusCode: 200, messageCode: 'success', data }));
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
