import { linkFilter } from './link-filter';

const origin = 'https://example.test';
const goesTo = (include: string[], path: string, exclude: string[] = []) =>
  linkFilter(origin, { include, exclude })(path.startsWith('/') ? `${origin}${path}` : path);

test.each([
  [[], '/any/where?x', true],
  [[], 'https://other.test/', false],
  [['/docs/**'], '/docs', true],
  [['/docs/**'], '/docs/a/b', true],
  [['/docs/**'], '/docsets', false],
  [['/docs/*'], '/docs/a/b', false],
  [['/**/*.html'], '/a/b/c.html', true],
  [['/{a,b}/?'], '/b/x', true],
  [['/{a,b}/?'], '/c/x', false],
  [['/a.b'], '/axb', false],
  [['{http,https}://{shop.test,*.shop.test}/**'], 'http://www.shop.test/a', true],
  [['{http,https}://{shop.test,*.shop.test}/**'], 'https://shop.test/', true],
  [['{http,https}://{shop.test,*.shop.test}/**'], 'https://myshop.test/', false],
  [['https://*.example.test/**'], 'https://www.example.test/x', true],
  [['https://*.example.test/**'], 'https://example.test/x', false],
])('%j goes to %s: %s', (include, address, expected) => {
  expect(goesTo(include, address)).toBe(expected);
});

test('what is excluded is not visited, and a glob cannot take long', () => {
  expect(goesTo(['/**'], '/private/a', ['/private/**'])).toBe(false);
  expect(goesTo(['/*a*a*a*a*a*a*a*a*a*b'], `/${'a'.repeat(2_000)}`)).toBe(false);
});
