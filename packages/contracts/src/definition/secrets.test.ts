import type { Inputs } from '../records';
import { fill } from './fill';
import { firstAddress, inputResolver } from './inputs';
import { parseDefinition } from './parse-definition';
import { filledOptions, secretNames, withSecrets } from './secrets';

const definitionOf = (document: object) => {
  const { definition, faults } = parseDefinition(document);
  if (!definition) throw new Error(JSON.stringify(faults));
  return definition;
};
const signIn = { type: 'change', selectors: ['#p'], value: '{{secret.shop}}' };
const opening = (url: string, parts: object = {}) =>
  definitionOf({ steps: [{ type: 'navigate', url }, signIn], ...parts });
const values = new Map([['shop', 'hunter2']]);

describe('secrets in a definition', () => {
  test('are named by its steps, headers and proxy, each once', () => {
    const definition = opening('https://a.test/?k={{ secret.k-1 }}', {
      options: {
        headers: { 'x-key': '{{secret.h}}{{secret.shop}}', other: '{{nothing}}' },
        proxy: { server: 'http://p.test:80', username: '{{secret.user}}', password: '{{secret.pass}}' },
      },
    });
    expect(secretNames(definition)).toEqual(['k-1', 'shop', 'h', 'user', 'pass']);
  });

  test.each([
    [{ steps: [{ type: 'navigate', url: 'https://a.test/{{secret.a.b}}' }] }, 'steps[0].url'],
    [
      { steps: [{ type: 'navigate', url: 'https://a.test/' }], options: { headers: { a: '{{secret.}}' } } },
      'options.headers.a',
    ],
  ])('by a name that none can have are refused where they stand', (document, path) => {
    expect(parseDefinition(document).faults).toMatchObject([{ path }]);
  });

  test.each(['http://{{secret.shop}}:80', '{{secret.shop}}', 'http://{{word}}:80'])(
    'are no part of where a proxy is, like %s',
    (server) => {
      const document = {
        inputs: [{ name: 'word' }],
        steps: [{ type: 'navigate', url: 'https://a.test/' }],
        options: { proxy: { server } },
      };
      expect(parseDefinition(document).faults).toEqual([
        {
          path: 'options.proxy.server',
          message: 'must be in plain: only `username` and `password` may be {{secret.NAME}}',
          found: server,
        },
      ]);
    },
  );

  test('are filled at once with the inputs, and what either says is not filled again', () => {
    const inputs: Inputs = { word: '{{secret.shop}}', 'secret.shop': 'given', 'secret.none': 'given' };
    const filled = fill(
      ['{{word}}', '{{secret.shop}}', '{{secret.none}}'],
      withSecrets(inputs, new Map([['shop', '{{word}}']])),
    );
    expect(filled).toEqual(['{{secret.shop}}', '{{word}}', '{{secret.none}}']);
  });

  test('fill the proxy, and headers that hold them are left to their own site', () => {
    const { options } = opening('https://a.test/', {
      options: {
        userAgent: '{{secret.shop}}',
        headers: { a: 'Bearer {{secret.shop}}', b: '{{else}}' },
        proxy: { server: 'http://p.test:80', username: 'me', password: '{{secret.shop}}' },
      },
    });
    expect(filledOptions(options, values)).toEqual({
      ...options,
      headers: { b: '{{else}}' },
      proxy: { server: 'http://p.test:80', username: 'me', password: 'hunter2' },
    });
  });

  test('are no inputs, given or not', () => {
    const resolve = inputResolver(opening('https://a.test/'));
    expect(resolve({}, { readText: false, unknownInputs: 'keep' }).faults).toEqual([]);
    for (const unknownInputs of ['keep', 'refuse'] as const) {
      expect(resolve({ 'secret.shop': 'x' }, { readText: false, unknownInputs }).faults).toHaveLength(1);
    }
  });
});

describe('a robot that uses secrets', () => {
  const faultsOf = (definition: ReturnType<typeof opening>, given: Record<string, unknown>) =>
    inputResolver(definition)(given, { readText: true, unknownInputs: 'keep' }).faults.map(
      ({ path }) => path,
    );
  const fixed = opening('https://a.test/in');

  test.each(['https://a.test/', 'https://a.test:443/else?x', 'https://A.TEST'])(
    'starts at %s',
    (originUrl) => {
      expect(faultsOf(fixed, { originUrl })).toEqual([]);
    },
  );

  test.each([
    'https://b.test/',
    'http://a.test/',
    'https://a.test:8443/',
    'https://a.test@b.test/',
    'https://a.test.b.test/',
    'javascript:alert(1)',
    'a.test',
    '',
  ])('is not led to %j by who starts it', (originUrl) => {
    expect(faultsOf(fixed, { originUrl })).toEqual(['inputs.originUrl']);
  });

  test('keeps to its host whatever input its address is made of', () => {
    const made = opening('https://a.test{{path}}', { inputs: [{ name: 'path', default: '/' }] });
    expect(faultsOf(made, { path: '/x' })).toEqual([]);
    for (const path of ['.b.test/', '@b.test/', ':81/'])
      expect(faultsOf(made, { path })).toEqual(['inputs.path']);
    const whole = opening('{{start}}', { inputs: [{ name: 'start', default: 'https://a.test/' }] });
    expect(faultsOf(whole, { start: 'https://a.test/2' })).toEqual([]);
    expect(faultsOf(whole, { start: 'https://b.test/' })).toEqual(['inputs.start']);
    const free = definitionOf({
      steps: [{ type: 'navigate', url: '{{originUrl}}' }],
      inputs: [{ name: 'originUrl' }],
    });
    // Saved before it was asked for a host.
    const unknown = { ...free, steps: [...free.steps, ...fixed.steps.slice(1)] };
    expect(faultsOf(unknown, { originUrl: 'https://a.test/' })).toEqual(['inputs.originUrl']);
  });

  test('is the only one that is held', () => {
    const free = definitionOf({ steps: [{ type: 'navigate', url: 'https://a.test/' }] });
    expect(faultsOf(free, { originUrl: 'https://b.test/' })).toEqual([]);
    expect(faultsOf(opening('https://a.test/{{secret.k}}'), {})).toEqual([]);
  });
});

test('the first address is known where its inputs have defaults', () => {
  const inputs = [{ name: 'word', default: 'tea' }, { name: 'host' }];
  const of = (url: string) =>
    firstAddress(definitionOf({ steps: [{ type: 'navigate', url }], inputs }))?.href ?? null;
  expect(of('https://a.test/{{word}}')).toBe('https://a.test/tea');
  expect(of('https://{{host}}.test/')).toBeNull();
});

test('a password that stands in a proxy is not said again', () => {
  const proxy = { server: 'http://me:a-password@proxy.test:80', password: 'a-password' };
  const { faults } = parseDefinition({
    steps: [{ type: 'navigate', url: 'https://shop.test/' }],
    options: { proxy },
  });
  expect(faults.map(({ path }) => path)).toEqual(['options.proxy.server', 'options.proxy.password']);
  expect(JSON.stringify(faults)).not.toContain('a-password');
});
