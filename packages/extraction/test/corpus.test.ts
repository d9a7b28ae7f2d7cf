import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserPool } from '@runnel/browser';
import type { Fields, Session } from '@runnel/contracts';
import { aDefinition, openTestSession, serveSite, startTestPool, type Site } from '@runnel/testing';
import { parseHtml, readPage, toRow, type PageQuery, type PageReading } from '../src';

/** Each folder is a page, what to read of it, and the rows that must come of it. Adding a case is adding a folder. */
const corpus = join(__dirname, '..', 'corpus');
const cases = readdirSync(corpus);
const read = (name: string, file: string): string => readFileSync(join(corpus, name, file), 'utf8');
const signal = new AbortController().signal;

interface Case {
  /** Those that are told to give these rows: both, where a case does not say. */
  engines: string[];
  locale: string | null;
  fields: Fields;
  query: PageQuery;
}

function caseOf(name: string): Case {
  const {
    item = null,
    scope = null,
    engines,
    locale = null,
    fields: given,
  } = JSON.parse(read(name, 'query.json'));
  const steps = [
    { type: 'navigate', url: 'http://127.0.0.1:9/' },
    { type: 'extract', fields: given },
  ];
  const step = aDefinition({ steps }).steps[1];
  if (step?.type !== 'extract') throw new Error('not an extract');
  const fields = Object.values(step.fields).map(({ selector, attribute, all }) => ({
    selector,
    attribute,
    all,
  }));
  return {
    engines: engines ?? ['browser', 'http'],
    locale,
    fields: step.fields,
    query: { item, scope, skip: 0, fields },
  };
}

/** As JSON, so that the order of fields counts. */
function rowsOf({ fields, locale }: Case, { rows, baseUrl }: PageReading): string {
  return JSON.stringify(rows.map((cells) => toRow(fields, cells, { baseUrl, locale }).row));
}

const expected = (name: string): string => JSON.stringify(JSON.parse(read(name, 'expected.json')));

describe('a parsed page', () => {
  test.each(cases.filter((name) => caseOf(name).engines.includes('http')))('%s', (name) => {
    const each = caseOf(name);
    const page = parseHtml({ html: read(name, 'page.html'), url: `http://127.0.0.1:1/${name}` });
    expect(rowsOf(each, page.ask(readPage, each.query))).toBe(expected(name));
  });
});

describe('a live page', () => {
  let pool: BrowserPool;
  let site: Site;
  let session: Session;

  beforeAll(async () => {
    pool = await startTestPool();
    site = await serveSite(Object.fromEntries(cases.map((name) => [`/${name}`, read(name, 'page.html')])));
    session = await openTestSession(pool);
  });

  afterAll(async () => {
    await session.close();
    await Promise.all([pool.close(), site.close()]);
  });

  test.each(cases)('%s', async (name) => {
    const each = caseOf(name);
    await session.navigate(`${site.url}/${name}`, { signal });
    const reading = await session.ask(readPage, each.query, { signal });
    expect(rowsOf(each, reading)).toBe(expected(name));
  });
});
