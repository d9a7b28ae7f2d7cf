import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessParts } from '@runnel/runtime';
import { serveShop, type Shop } from '@runnel/shop';
import { startAllInOne } from './all-in-one';
import { ApiClient, type Run } from './api-client';
import { rowsTable } from './print-rows';
import { shopRobot } from './shop-robot';

/** `npm run demo`: the whole journey of a run, with what a client sees of it; ends by itself. */
export async function demo({ settings, lifetime }: ProcessParts): Promise<void> {
  const folder = join(settings.RUNNEL_DATA_DIR, 'demo');
  await rm(folder, { recursive: true, force: true });
  const shop = lifetime.owns('shop', await serveShop(), (opened) => opened.close());
  const own = {
    ...settings,
    PORT: 0,
    LOG_LEVEL: 'warn' as const,
    RUNNEL_DATA_DIR: folder,
    // The shop is on this machine, where robots may go nowhere else.
    RUNNEL_ALLOW_HOSTS: new URL(shop.url).host,
  };
  say('Starting Postgres, API, scheduler and worker …');
  const { url, newKey, failed } = await startAllInOne(own, lifetime);
  const client = new ApiClient(url, newKey ?? settings.RUNNEL_API_KEY ?? '');
  const run = await Promise.race([runRobot(client, shop), failed]);
  if (run.status !== 'success')
    throw new Error(`The run is ${run.status}: ${run.error?.message ?? 'no reason'}`);
  const wrong = whatIsWrong(run, shop);
  show(run);
  const screenshot = join(folder, 'last page.png');
  await mkdir(folder, { recursive: true });
  await writeFile(screenshot, await client.bytes(run.screenshot ?? ''));
  say(`Screenshot: ${screenshot}`);
  if (wrong !== null) throw new Error(`The rows are not those of the shop: ${wrong}`);
  say(`All ${run.progress.rows} rows are right. Now try your own robot: npm start`);
}

async function runRobot(client: ApiClient, shop: Shop): Promise<Run> {
  say(`The shop: ${shop.url} (${shop.products.length} teas on 3 pages, reviews drawn by a script)`);
  const robotId = await client.createRobot('Tea shop', shopRobot(shop.url));
  say(`POST /api/robots                     -> robot ${robotId}`);
  let run = await client.startRun(robotId);
  say(`POST /api/robots/{id}/runs           -> run ${run.runId}, ${run.status}`);
  let told = '';
  while (run.finishedAt === null) {
    run = await client.changedRun(run);
    const line = `GET  /api/robots/{id}/runs/{runId}   -> ${run.status}, ${run.progress.rows} rows`;
    if (line !== told) say(line);
    told = line;
  }
  return run;
}

/** The rows against what the shop sells. */
function whatIsWrong(run: Run, shop: Shop): string | null {
  const teas = shop.products.map(({ name, price, inStock, slug }) => ({
    name,
    price: Number(price.toFixed(2)),
    inStock,
    url: `${shop.url}products/${slug}`,
  }));
  const opened = shop.products[16];
  const details = { name: opened?.name, origin: opened?.origin, added: '2025-06-01' };
  const expected = [...teas, details, ...(opened?.reviews ?? [])];
  const index = expected.findIndex((row, place) => JSON.stringify(row) !== JSON.stringify(run.data[place]));
  if (index !== -1) return `row ${index + 1} is ${JSON.stringify(run.data[index])}`;
  return run.data.length === expected.length ? null : `${run.data.length} rows for ${expected.length}`;
}

function show(run: Run): void {
  let place = 0;
  for (const [list, { count }] of Object.entries(run.lists)) {
    const rows = run.data.slice(place, place + count);
    place += count;
    say(rowsTable(list, rows));
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
