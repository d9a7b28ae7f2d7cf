import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { page } from '../site';
import { itemWithoutPrice, rowOf, type RunPlan, type TaskPlan } from './run-plan';

export interface ChaosSite {
  /** Where a task's list begins. */
  address(run: RunPlan, ordinal: number): string;
  close(): Promise<void>;
}

/** A site on which every task has a list of its own, over several pages, made from the run's plan. */
export async function serveChaosSite(planOf: (index: number) => RunPlan): Promise<ChaosSite> {
  const server = createServer((request, response) => {
    const [, index, ordinal, number] = /^\/runs\/(\d+)\/(\d+)\/(\d+)$/.exec(request.url ?? '') ?? [];
    const run = index === undefined ? null : planOf(Number(index));
    const task = run?.tasks[Number(ordinal)];
    if (!run || !task || Number(number) > task.pages) return send(response, 404, page('<h1>Not found</h1>'));
    const place = { ordinal: Number(ordinal), page: Number(number) };
    setTimeout(() => send(response, 200, listing(run, task, place)), task.delayMs);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: ({ index }, ordinal) => `http://127.0.0.1:${port}/runs/${index}/${ordinal}/1`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function listing(run: RunPlan, task: TaskPlan, place: { ordinal: number; page: number }): string {
  if (task.fails === 'SELECTOR_NO_MATCH') return page('<h1>Teas</h1><p>There are none.</p>');
  const first = (place.page - 1) * task.perPage;
  const items = Array.from({ length: task.perPage }, (_, index) => {
    const { name, price } = rowOf(run, place.ordinal, first + index);
    const isPriced = task.fails !== 'FIELD_REQUIRED' || index < itemWithoutPrice;
    return `<article><h2>${name}</h2>${isPriced ? `<p class="price">${price}</p>` : ''}</article>`;
  });
  const next = place.page < task.pages ? `<a class="next" href="${place.page + 1}">Next</a>` : '';
  return page(`<h1>Teas</h1>${items.join('\n')}<nav>${next}</nav>`, `Teas ${run.index}`);
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' });
  response.end(body);
}
