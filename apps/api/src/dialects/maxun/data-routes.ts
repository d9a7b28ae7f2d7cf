import { once } from 'node:events';
import { RowStore, RunStore, type PlacedRow, type RowPlace } from '@runnel/store';
import { Router, type RequestHandler, type Response } from 'express';
import type { ApiDeps } from '../../deps';
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
    const page = (after: RowPlace | null, count: number) => rows.page(key, { list, after, limit: count });
    if (format === 'ndjson') return sendLines(response, page, { after: cursor, limit: limit ?? Infinity });
    const count = limit ?? rowsAtOnce;
    const totalCount = list === null ? run.rowCount : (run.lists[list] ?? 0);
    sendPage(response, { found: await page(cursor, count), count, totalCount });
  };
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

/** As slow as the client reads, and never more than a page in memory. */
async function sendLines(
  response: Response,
  page: (after: RowPlace | null, count: number) => Promise<PlacedRow[]>,
  from: { after: RowPlace | null; limit: number },
): Promise<void> {
  response.type('application/x-ndjson');
  let { after, limit } = from;
  while (limit > 0 && !response.closed) {
    const found = await page(after, Math.min(limit, rowsAtOnce));
    const isFlushed = response.write(found.map((row) => `${JSON.stringify(row.data)}\n`).join(''));
    if (found.length < Math.min(limit, rowsAtOnce)) break;
    if (!isFlushed) await Promise.race([once(response, 'drain'), once(response, 'close')]);
    limit -= found.length;
    after = found.at(-1) ?? null;
  }
  response.end();
}
