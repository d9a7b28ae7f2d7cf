import { fill } from './fill';
import { inputResolver } from './inputs';
import { parseDefinition } from './parse-definition';
import { secretSites } from './secret-sites';
import { withSecrets } from './secrets';

const home = { type: 'navigate', url: 'https://shop.test/' };
const signIn = { type: 'change', selectors: ['#p'], value: '{{secret.shop}}' };
const list = (url: string) => ({
  ...{ type: 'extractList', item: 'li', fields: { url: { selector: 'a', type: 'url' } } },
  paginate: { by: 'url', url },
});
const definitionOf = (steps: object[], parts: object = {}) => {
  const { definition, faults } = parseDefinition({ steps, ...parts });
  if (!definition) throw new Error(JSON.stringify(faults));
  return definition;
};
const page = (value?: string) => ({
  inputs: [
    { name: 'page', ...(value !== undefined && { default: value }) },
    { name: 'word', default: 'tea' },
  ],
});
const faultsOf = (definition: ReturnType<typeof definitionOf>, given: Record<string, unknown>) =>
  inputResolver(definition)(given, { readText: true, unknownInputs: 'keep' }).faults;
const pathsOf = (...asked: Parameters<typeof faultsOf>) => faultsOf(...asked).map(({ path }) => path);

describe('a robot that uses secrets, by an address after the first', () => {
  const second = definitionOf(
    [home, { type: 'navigate', url: '{{page}}' }, signIn],
    page('https://login.shop.test/in'),
  );

  test('goes to the host of its own default', () => {
    expect(pathsOf(second, {})).toEqual([]);
    expect(pathsOf(second, { page: 'https://login.shop.test/other' })).toEqual([]);
  });

  test.each(['https://evil.test/', 'http://login.shop.test/', 'https://shop.test/', 'about:blank', ''])(
    'is not led to %j',
    (value) => {
      expect(faultsOf(second, { page: value })).toEqual([
        {
          path: 'inputs.page',
          message: expect.stringMatching(/steps\[1\]\.url keeps to https:\/\/login\.shop\.test$/) as string,
        },
      ]);
    },
  );

  test('is held on the pages that it follows too, whatever it does there', () => {
    const inner = { type: 'navigate', url: 'https://shop.test{{page}}' };
    const steps = [home, signIn, list('/?p={{page}}'), { type: 'follow', from: 'rows', steps: [inner] }];
    const definition = definitionOf(steps, page('/'));
    expect(pathsOf(definition, { page: '/x' })).toEqual([]);
    expect(pathsOf(definition, { page: '.evil.test/' })).toEqual(['inputs.page']);
  });

  test.each([
    ['{{word}}?p={{page}}', '/list', ['/other', '?x', 'list']],
    ['https://shop.test{{word}}?p={{page}}', '/list', ['/other']],
  ])('keeps to the host of %s', (url, value, fine) => {
    const definition = definitionOf([home, signIn, list(url)], {
      inputs: [{ name: 'word', default: value }],
    });
    for (const word of fine) expect(pathsOf(definition, { word })).toEqual([]);
    const wrong = url.startsWith('{{')
      ? ['https://evil.test/', '//evil.test/', '\\\\evil.test/', 'https:evil.test/', 'http:evil.test/']
      : ['.evil.test/', '@evil.test/', ':81/', '{{page}}'];
    for (const word of wrong) expect([word, pathsOf(definition, { word })]).toEqual([word, ['inputs.word']]);
  });

  test('is not led away by another start than its address says', () => {
    const steps = [{ type: 'navigate', url: 'https://shop.test/{{word}}' }, signIn];
    const usesStart = [...steps, { type: 'navigate', url: '{{originUrl}}' }];
    expect(parseDefinition({ steps: usesStart, ...page() }).faults.map(({ path }) => path)).toEqual([
      'steps[0].url',
      'steps[2].url',
    ]);
  });

  test('is no matter where the robot has neither secret nor session', () => {
    const free = definitionOf([home, { type: 'navigate', url: '{{page}}' }], page());
    expect(pathsOf(free, { page: 'https://evil.test/' })).toEqual([]);
  });
});

describe('an address that never says its host', () => {
  test.each([
    '{{page}}',
    'https://{{page}}/',
    'https://{{page}}.test/',
    '{{record.id}}',
    'https://{{record.id}}@shop.test/',
    'https://shop.test{{record.id}}',
  ])('like %s is refused when the robot is saved', (url) => {
    for (const steps of [
      [{ type: 'navigate', url }, signIn],
      [home, signIn, { type: 'navigate', url }],
    ]) {
      const { faults } = parseDefinition({ steps, ...page() });
      expect(faults).toMatchObject([{ path: `steps[${steps.length === 2 ? 0 : 2}].url`, found: url }]);
    }
  });

  test('is one of pages told by how a record is called, at their beginning', () => {
    const faults = (url: string) => parseDefinition({ steps: [home, signIn, list(url)] }).faults.length;
    expect(faults('{{record.id}}?p={{page}}')).toBe(1);
    expect(faults('/{{record.id}}?p={{page}}')).toBe(1);
    expect(faults('?q={{record.id}}&p={{page}}')).toBe(0);
    expect(faults('/l/{{record.id}}?p={{page}}')).toBe(0);
  });

  test('is fine where only its path is not known, or a secret is the host', () => {
    for (const url of ['https://shop.test/{{record.id}}', 'https://shop.test/{{page}}', '{{secret.url}}']) {
      expect(parseDefinition({ steps: [home, signIn, { type: 'navigate', url }], ...page() }).faults).toEqual(
        [],
      );
    }
  });
});

test('a robot that keeps a session keeps to its hosts as well', () => {
  const definition = definitionOf([home], { options: { session: { name: 'main' } } });
  expect(pathsOf(definition, { originUrl: 'https://shop.test/orders' })).toEqual([]);
  for (const originUrl of ['https://evil.test/', 'http://shop.test/']) {
    expect(pathsOf(definition, { originUrl })).toEqual(['inputs.originUrl']);
  }
});

describe('a robot that uses secrets or keeps a session', () => {
  const typed = { name: 'count', type: 'number', default: 3 };
  const wait = (expression: string) => ({ type: 'waitForExpression', expression });

  test.each([
    ['an expression', wait("'{{page}}'.length > 0"), 'steps[1].expression'],
    ['a glob', { type: 'crawl', include: ['https://{{page}}/**'] }, 'steps[1].include[0]'],
  ])('takes no text of a starter in %s', (_name, step, path) => {
    for (const parts of [{ steps: [home, step, signIn] }, { options: { session: { name: 'main' } } }]) {
      const { faults } = parseDefinition({ steps: [home, step], ...page('x'), ...parts });
      expect(faults).toEqual([expect.objectContaining({ path })]);
    }
    expect(parseDefinition({ steps: [home, step], ...page('x') }).faults).toEqual([]);
  });

  test('takes numbers there', () => {
    const steps = [home, wait('document.links.length > {{count}}'), signIn];
    expect(parseDefinition({ steps, inputs: [typed] }).faults).toEqual([]);
  });

  test('gives secrets to its own hosts alone where inputs choose an address', () => {
    const steps = [{ type: 'navigate', url: 'https://shop.test/{{page}}' }, signIn];
    const definition = definitionOf(steps, page('in'));
    expect(secretSites(definition, { page: 'in', word: 'tea' })).toBeNull();
    const hosts = secretSites(definition, { page: 'out', word: 'tea' })?.map(({ host }) => host);
    expect([...new Set(hosts)]).toEqual(['shop.test']);
  });

  test.each([
    ['what stands for a link', { selector: '.none', default: '{{word}}' }],
    ['which link is read', 'a[title="{{word}}"]'],
  ])('gives secrets to its own hosts alone where inputs choose %s', (_, url) => {
    const follow = { type: 'follow', from: 'links', url: 'url', steps: [signIn] };
    const items = { type: 'extractList', name: 'links', item: 'li', fields: { url } };
    const definition = definitionOf([home, items, follow], page('in'));
    expect(secretSites(definition, { word: 'tea' })).toBeNull();
    const hosts = secretSites(definition, { word: 'coffee' })?.map(({ host }) => host);
    expect([...new Set(hosts)]).toEqual(['shop.test']);
  });

  test('goes its own way whatever inputs type, or count', () => {
    const typing = { type: 'change', selectors: ['#q'], value: '{{word}}' };
    const nth = { type: 'click', selectors: ['li:nth-child({{count}})'] };
    const inputs = [
      { name: 'word', default: 'tea' },
      { name: 'count', type: 'number', default: 1 },
    ];
    const definition = definitionOf([home, typing, nth, signIn], { inputs });
    expect(secretSites(definition, { word: 'coffee', count: 2 })).toBeNull();
  });

  test('sends a secret in an address as one word of it', () => {
    const url = 'https://shop.test/?p={{secret.shop}}&w={{word}}';
    const inputs = withSecrets({ word: 'a&b' }, new Map([['shop', 'a&b/ c']]));
    expect(fill({ type: 'navigate', url }, inputs).url).toBe('https://shop.test/?p=a%26b%2F%20c&w=a&b');
  });
});
