import { once } from 'node:events';
import { RowStore, RunStore, type PlacedRow, type RowPlace, type RunView } from '@runnel/store';
import { Router, type RequestHandler, type Response } from 'express';
import type { ApiDeps } from '../../deps';
import { HttpProblem } from '../../http-problem';
import { read } from '../../read-input';
import { placeCursor, runKeyOf, runNotFound, type RunParams } from './ids';
import { dataAnswer } from './presenter';
import { dataQuery } from './query';

const rowsAtOnce = 1_000;

/** A run's rows, however many: page by page as JSON, or all of them as lines. */
export function dataRoutes(deps: ApiDeps): Router {
  const router = Router();
  router.get('/robots/:id/runs/:runId/data', getData(deps));
  return router;
}

function getData({ dataSource }: ApiDeps): RequestHandler<RunParams> {
  const runs = new RunStore(dataSource.manager);
  const rows = new RowStore(dataSource.manager);
  return async (request, response) => {
    const { list = null, limit, cursor = null, format } = read(dataQuery, request.query, 'query');
    const key = runKeyOf(request.params, response);
    const run = await runs.find(key, 0);
    if (!run) throw runNotFound(request.params.id, request.params.runId);
    const page = (after: RowPlace | null, count: number) => rows.page(run.id, { list, after, limit: count });
    if (format === 'ndjson') return sendLines(response, page, { after: cursor, limit: limit ?? Infinity });
    const count = limit ?? rowsAtOnce;
    const totalCount = list === null ? run.rowCount : rowsOf(run, list);
    sendPage(response, { found: (await page(cursor, count)) ?? overtaken(), count, totalCount });
  };
}

/** A list may be called as what every object inherits. */
function rowsOf({ lists }: RunView, list: string): number {
  return Object.hasOwn(lists, list) ? (lists[list] ?? 0) : 0;
}

function overtaken(): never {
  throw new HttpProblem(
    'CONFLICT',
    'The task was tried again since that cursor was given: read its rows from the start',
  );
}

function sendPage(
  response: Response,
  { found, count, totalCount }: { found: PlacedRow[]; count: number; totalCount: number },
): void {
  const last = found.length === count ? found.at(-1) : undefined;
  const data = {
    totalCount,
    items: found.map((row) => row.data),
    nextCursor: last ? placeCursor(last) : null,
  };
  response.json(dataAnswer.parse({ statusCode: 200, messageCode: 'success', data }));
}

/** As slow as the client reads, and never more than a page in memory. Cut off when the rows are overtaken meanwhile. */
async function sendLines(
  response: Response,
  page: (after: RowPlace | null, count: number) => Promise<PlacedRow[] | null>,
  from: { after: RowPlace | null; limit: number },
): Promise<void> {
  let { after, limit } = from;
  let found = (await page(after, Math.min(limit, rowsAtOnce))) ?? overtaken();
  response.type('application/x-ndjson');
  while (found.length > 0 && !response.closed) {
    const lines = found.map((row) => `${JSON.stringify(row.data)}\n`).join('');
    if (!response.write(lines)) await drained(response);
    limit -= found.length;
    after = found.at(-1) ?? null;
    const next = limit > 0 ? await page(after, Math.min(limit, rowsAtOnce)) : [];
    if (!next) return void response.destroy();
    found = next;
  }
  response.end();
}

async function drained(response: Response): Promise<void> {
  const done = new AbortController();
  const { signal } = done;
  await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]).catch(
    () => null,
  );
  done.abort();
}
