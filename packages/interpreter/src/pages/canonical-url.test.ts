import { canonicalUrl } from './canonical-url';

test.each([
  ['HTTP://Example.test:80/a/../b?x=1#part', 'http://example.test/b?x=1'],
  ['http://example.test/%7euser/%2fa%C3%a9', 'http://example.test/~user/%2Fa%C3%A9'],
  ['http://example.test/?q=who?', 'http://example.test/?q=who?'],
  ['http://example.test/?q=a%20b&utm_source=x', 'http://example.test/?q=a%20b'],
  ['http://example.test/?123&gclid=n', 'http://example.test/?123'],
  ['http://example.test/a?', 'http://example.test/a'],
  ['mailto:a@example.test', null],
  ['/a', null],
])('%s is %s', (address, canonical) => {
  expect(canonicalUrl(address)).toBe(canonical);
});
