import { idInToken, tokenBehind, type Walk } from './continuation';

const key = Buffer.alloc(32, 7);
const id = '01890000-0000-7000-8000-00000000000a';
const walk: Walk = { list: 'runs', spaceId: 's', filters: ['p', null] };

test('a token gives back the id for what it was given', () => {
  const token = tokenBehind(key, walk, id);
  expect(token).toMatch(/^[\w-]+$/);
  expect(idInToken(key, walk, token)).toBe(id);
});

test.each<[string, Partial<Walk>]>([
  ['another list', { list: 'processes' }],
  ['another space', { spaceId: 't' }],
  ['another process', { filters: ['q', null] }],
  ['another stage', { filters: ['p', 'draft'] }],
  ['filters in other places', { filters: [null, 'p'] }],
  ['fewer filters', { filters: ['p'] }],
])('for %s a token gives nothing', (_what, other) => {
  expect(idInToken(key, { ...walk, ...other }, tokenBehind(key, walk, id))).toBeNull();
});

test('a token that was altered anywhere gives nothing', () => {
  const token = tokenBehind(key, walk, id);
  for (let place = 0; place < token.length; place += 1) {
    const altered = `${token.slice(0, place)}${token[place] === 'A' ? 'B' : 'A'}${token.slice(place + 1)}`;
    expect(idInToken(key, walk, altered)).toBeNull();
  }
  for (const other of ['', 'x', token.slice(0, -1), `${token}A`, `${token}=`, ` ${token}`]) {
    expect(idInToken(key, walk, other)).toBeNull();
  }
  expect(idInToken(Buffer.alloc(32, 8), walk, token)).toBeNull();
});
