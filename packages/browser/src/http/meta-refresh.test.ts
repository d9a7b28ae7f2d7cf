import { setTimeout as sleep } from 'node:timers/promises';
import { kindByHeaders } from './content-kind';
import { refreshOf, type RefreshSource } from './meta-refresh';

const url = 'https://a.test/';
const unasked: RefreshSource['page'] = {
  ask: () => {
    throw new Error('was parsed');
  },
};
const many = 200_000;

test.each([
  ['0;url=/b', 'https://a.test/b', 0],
  ['1.5; URL = "/b" x', 'https://a.test/b', 1000],
  ['.5, /b', 'https://a.test/b', 0],
  ['0 /b', 'https://a.test/b', 0],
])('%s goes on', (header, next, delayMs) =>
  expect(refreshOf({ header, html: '', url, page: unasked })).toEqual({ url: next, delayMs }),
);

test.each([
  ['digits', `${'1'.repeat(many)}x`],
  ['points', `${'.'.repeat(many)}x`],
  ['points and digits', `${'1.'.repeat(many)}x`],
  ['spaces', `1${' '.repeat(many)}`.repeat(2)],
])('a header of many %s goes nowhere', async (_, header) => {
  const next = refreshOf({ header, html: '', url, page: unasked });
  await sleep(0);
  expect(next?.url ?? null).toBe(header.includes(' ') ? 'https://a.test/1' : null);
});

test.each([
  ['spaces', `<meta http-equiv${' '.repeat(many)}`],
  ['spaces in quotes', `<meta http-equiv="${' '.repeat(many)}`],
  ['attributes', '<meta http-equiv= " '.repeat(many / 20)],
])('HTML with many %s is not parsed for a refresh', async (_, html) => {
  const next = refreshOf({ header: undefined, html, url, page: unasked });
  await sleep(0);
  expect(next).toBeNull();
});

test.each([
  ['a/b+xml', 'xml'],
  ['a/b+json', 'json'],
  ['a/+xml+json', 'json'],
  [`a/${'+xml'.repeat(many)}x`, 'download'],
  ['/'.repeat(many), null],
])('the type %.20s is of the kind %s', async (contentType, kind) => {
  const found = kindByHeaders({ status: 200, contentType, disposition: '' });
  await sleep(0);
  expect(found).toBe(kind);
});
