import { ownHeaders } from './own-headers';
import { parseDefinition } from './parse-definition';

const headers = { 'x-key': 'key {{secret.shop}}', 'x-plain': '{{else}}' };
const opening = (url: string, parts: object = {}) =>
  parseDefinition({ steps: [{ type: 'navigate', url }], options: { headers }, ...parts });
const headersOf = (url: string, value = 'hunter2') => {
  const { definition, faults } = opening(url);
  if (!definition) throw new Error(JSON.stringify(faults));
  return ownHeaders(definition, new Map([['shop', value]]));
};

describe('headers that hold secrets', () => {
  test('are for the site of the first address, and the others are not among them', () => {
    expect(headersOf('https://a.test/in')).toEqual({
      site: new URL('https://a.test/in'),
      headers: { 'x-key': 'key hunter2' },
    });
  });

  test('say a value once: what it holds is not filled again', () => {
    expect(headersOf('https://a.test/', '{{secret.shop}}')?.headers).toEqual({
      'x-key': 'key {{secret.shop}}',
    });
  });

  test('are none where no header holds one', () => {
    const { definition } = opening('https://{{originUrl}}', { options: { headers: { a: '{{secret}}' } } });
    expect(definition && ownHeaders(definition, new Map())).toBeNull();
  });

  test.each(['two\r\nlines', 'line\n', 'pässwörd'])('are refused with %j in them', (value) => {
    expect(() => headersOf('https://a.test/', value)).toThrow(
      'The secret "shop" cannot stand in the header "x-key": it is not plain ASCII on one line',
    );
  });

  test.each<[string, object[]]>([
    ['{{start}}', [{ name: 'start' }]],
    ['https://{{name}}.test/', [{ name: 'name' }]],
    ['https://{{secret.shop}}.test/', []],
    ['{{originUrl}}', []],
    ['about:blank', []],
  ])('are refused in a robot that starts at %s: nobody knows whom they are for', (url, inputs) => {
    expect(opening(url, { inputs })).toEqual({
      definition: null,
      faults: expect.arrayContaining([
        {
          path: 'options.headers.x-key',
          message: expect.stringMatching(
            /^holds a secret, which only the host of the first address is sent/,
          ) as string,
          found: 'key {{secret.shop}}',
        },
      ]) as unknown,
    });
  });

  test.each(['{{start}}', 'https://a.test/{{word}}'])('are taken in one that usually starts at %s', (url) => {
    const inputs = [{ name: 'start', default: 'https://a.test/' }, { name: 'word' }];
    expect(opening(url, { inputs }).faults).toEqual([]);
  });
});
