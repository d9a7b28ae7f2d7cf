import { setTimeout as sleep } from 'node:timers/promises';
import { walkOf, type Walker } from './pages';

const walker = (
  parts: {
    path?: string;
    agent?: string;
    key?: string;
    page?: number;
    spaceId?: string;
    status?: string[];
  } = {},
) => {
  const { path = '/a/', agent = 'axios', key = 'k', page = 1, spaceId = 's', status } = parts;
  const headers = { 'x-api-key': key };
  const request = { path, ip: '::1', get: () => agent, headers } as unknown as Walker['request'];
  return walkOf({ spaceId, query: { page, page_size: 50, ...(status && { status }) }, request }).toString(
    'hex',
  );
};

test('a walk is the same for all pages of a list, with a slash behind it or not', () => {
  expect(walker({ page: 2 })).toBe(walker());
  expect(walker({ path: '/a' })).toBe(walker());
});

test('a path of many slashes takes no time', async () => {
  const slashes = '/'.repeat(200_000);
  expect(walker({ path: `/a${slashes}` })).toBe(walker());
  expect(walker({ path: `${slashes}a` })).not.toBe(walker());
  await sleep(0);
});

test.each([{ path: '/b/' }, { agent: 'curl' }, { key: 'l' }, { spaceId: 't' }, { status: ['running'] }])(
  'it is another with %j',
  (parts) => expect(walker(parts)).not.toBe(walker()),
);
