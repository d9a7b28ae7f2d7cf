import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserPool } from '@runnel/browser';
import { aDefinition, openTestSession, serveSite, startTestPool, type Site } from '@runnel/testing';
import { readPage, toRow } from '../src';

/** Each folder is a page, what to read of it, and the rows that must come of it. Adding a case is adding a folder. */
const corpus = join(__dirname, '..', 'corpus');
const cases = readdirSync(corpus);
const read = (name: string, file: string): string => readFileSync(join(corpus, name, file), 'utf8');

let pool: BrowserPool;
let site: Site;

beforeAll(async () => {
  pool = await startTestPool();
  site = await serveSite(Object.fromEntries(cases.map((name) => [`/${name}`, read(name, 'page.html')])));
});

afterAll(async () => {
  await Promise.all([pool.close(), site.close()]);
});

test.each(cases)('%s', async (name) => {
  const { item = null, scope = null, fields: given } = JSON.parse(read(name, 'query.json'));
  const steps = [
    { type: 'navigate', url: site.url },
    { type: 'extract', fields: given },
  ];
  const step = aDefinition({ steps }).steps[1]!;
  if (step.type !== 'extract') throw new Error('not an extract');
  const rules = Object.values(step.fields);
  const fields = rules.map(({ selector, attribute, all }) => ({ selector, attribute, all }));
  const session = await openTestSession(pool);
  const signal = new AbortController().signal;
  await session.navigate(`${site.url}/${name}`, signal);
  const { rows, baseUrl } = await session.evaluate(readPage, { item, scope, fields }, signal);
  await session.close();
  const found = rows.map((cells) => toRow(step.fields, cells, baseUrl).row);
  expect(JSON.stringify(found)).toBe(JSON.stringify(JSON.parse(read(name, 'expected.json'))));
});
