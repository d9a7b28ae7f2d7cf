import type { RowData } from '@runnel/contracts';
import { aDefinition } from '@runnel/testing';
import { presentFlat, presentOutput } from './run-output';

const definition = aDefinition({
  steps: [
    { type: 'navigate', url: 'https://shop.test/' },
    { type: 'extract', name: 'Texts', fields: { title: 'h1' } },
    { type: 'extract', name: 'More', fields: { title: 'h2', price: 'b' } },
    { type: 'extractList', name: 'List 1', item: 'li', fields: { a: 'a' } },
    { type: 'extractList', name: 'constructor', item: 'dd', fields: { b: 'b' } },
    { type: 'content', formats: ['markdown', 'links'] },
    { type: 'crawl', name: 'Pages' },
  ],
});
const listed = (list: string, ...rows: RowData[]) => rows.map((data) => ({ list, data }));
const rows = [
  ...listed('Texts', { title: 'Tea' }, { title: 'Again' }),
  ...listed('More', { title: 'Other', price: '2' }),
  ...listed('List 1', { a: '1' }, { a: '2' }),
  ...listed('constructor', { b: '3' }),
  ...listed('content', { url: 'u', markdown: '# Tea', links: [{ url: 'https://shop.test/1', text: 'one' }] }),
  ...listed('Pages', { url: 'p' }),
];

test('the output of a run is sorted by what kind of step read it', () => {
  expect(presentOutput(definition, rows)).toEqual({
    scrapeSchema: { Texts: [{ title: 'Tea' }, { title: 'Again' }], More: [{ title: 'Other', price: '2' }] },
    scrapeList: { 'List 1': [{ a: '1' }, { a: '2' }], constructor: [{ b: '3' }] },
    crawl: { Pages: [{ url: 'p' }] },
    markdown: [{ content: '# Tea' }],
    links: ['https://shop.test/1'],
  });
  expect(presentOutput(definition, [])).toEqual({});
});

test('flat, it is the first of each kind, and all lists beside', () => {
  const { lists, ...flat } = presentFlat(definition, rows);
  expect(flat).toEqual({
    textData: { title: 'Tea', price: '2' },
    listData: [{ a: '1' }, { a: '2' }],
    crawlData: [{ url: 'p' }],
    searchData: {},
    text: '',
    markdown: '# Tea',
    html: '',
    links: ['https://shop.test/1'],
    summary: null,
    promptResult: null,
  });
  expect(Object.keys(lists)).toEqual(['Texts', 'More', 'List 1', 'constructor', 'content', 'Pages']);
  expect(presentFlat(definition, [])).toMatchObject({ textData: {}, listData: [], markdown: '', lists: {} });
});
