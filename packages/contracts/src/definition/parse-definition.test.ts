import { parseDefinition } from './parse-definition';

const open = { type: 'navigate', url: 'https://example.test/' };
const withSteps = (...steps: unknown[]): unknown => ({ title: 'Books', steps: [open, ...steps] });
const faultsOf = (document: unknown) => parseDefinition(document).faults;

describe('a definition', () => {
  test('is read with its defaults, and a field may be a bare selector', () => {
    const { definition } = parseDefinition(
      withSteps({ type: 'extractList', item: 'li', fields: { name: 'b' } }),
    );
    expect(definition).toMatchObject({
      engine: 'auto',
      options: { maxAttempts: 3, deadlineMs: 600_000 },
      steps: [
        open,
        {
          name: 'rows',
          required: true,
          fields: { name: { selector: 'b', attribute: 'text', type: 'string' } },
        },
      ],
    });
  });

  test('may use what the record of a task is called, and nothing else of it', () => {
    const fields = { name: 'b' };
    const used = {
      type: 'extract',
      fields: { name: { selector: 'b', default: '{{record.id}}{{ record.name }}' } },
    };
    expect(faultsOf(withSteps(used))).toEqual([]);
    expect(faultsOf(withSteps({ type: 'extract', name: '{{record.ids}}', fields }))).toMatchObject([
      { path: 'steps[1].name', found: '{{record.ids}}', didYouMean: 'record.id' },
    ]);
  });

  test('a recording of Chrome is read as it is', () => {
    const recording = {
      title: 'Recording 1',
      selectorAttribute: 'data-qa',
      steps: [
        {
          type: 'setViewport',
          width: 900,
          height: 700,
          deviceScaleFactor: 1,
          isMobile: false,
          hasTouch: false,
          isLandscape: false,
        },
        {
          type: 'navigate',
          url: 'https://example.test/',
          assertedEvents: [{ type: 'navigation', url: 'https://example.test/', title: 'x' }],
        },
        {
          type: 'click',
          target: 'main',
          selectors: [['aria/More'], ['#more'], ['xpath///*[@id="more"]'], ['pierce/#more'], ['text/More']],
          offsetX: 12,
          offsetY: 8,
        },
        { type: 'change', target: 'main', value: 'tea', selectors: [['#q'], ['my-search', 'input']] },
      ],
    };
    expect(faultsOf(recording)).toEqual([]);
  });

  test('tells five different faults at once: where, what was found, what is allowed, what was meant', () => {
    const faults = faultsOf({
      titel: 'Books',
      steps: [
        { type: 'navigate' },
        { type: 'extractlist', item: 'li', fields: { name: 'b' } },
        { type: 'extract', fields: { price: { selector: 'b', type: 'numbr' }, bad: 'a[' } },
        { type: 'click', selectors: ['#next'], timeout: 'soon', url: '{{start}}' },
      ],
    });
    expect(faults).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path: 'titel', didYouMean: 'title' }),
        expect.objectContaining({ path: 'steps[0].url', message: 'is missing; must be string' }),
        expect.objectContaining({ path: 'steps[1].type', found: 'extractlist', didYouMean: 'extractList' }),
        expect.objectContaining({ path: 'steps[2].fields.price.type', found: 'numbr', didYouMean: 'number' }),
        expect.objectContaining({
          path: 'steps[2].fields.bad',
          message: expect.stringContaining('not a CSS selector') as string,
        }),
        expect.objectContaining({ path: 'steps[3].timeout', found: 'soon' }),
        expect.objectContaining({
          path: 'steps[3].url',
          message: expect.stringContaining('not known here') as string,
        }),
        expect.objectContaining({ path: 'steps[3].url', found: '{{start}}' }),
      ]),
    );
    expect(faults).toHaveLength(8);
  });

  test.each<[string, unknown, string]>([
    ['no steps', { steps: [] }, 'steps'],
    ['not an object', 'steps', ''],
    ['nothing', null, ''],
    ['a step that is not one', { steps: [open, 7] }, 'steps[1]'],
    ['no navigate', { steps: [{ type: 'extract', fields: { a: 'b' } }] }, 'steps[0]'],
    [
      'an unknown unique field',
      withSteps({ type: 'extractList', item: 'li', fields: { a: 'b' }, unique: ['c'] }),
      'steps[1].unique[0]',
    ],
    ['no fields', withSteps({ type: 'extract', fields: {} }), 'steps[1].fields'],
    [
      'a pattern that is none',
      withSteps({ type: 'extract', fields: { a: { selector: 'b', pattern: '(' } } }),
      'steps[1].fields.a.pattern',
    ],
    ['another engine', { engine: 'htp', steps: [open] }, 'engine'],
    ['two inputs of one name', { inputs: [{ name: 'a' }, { name: 'a' }], steps: [open] }, 'inputs[1].name'],
    ['a time zone that is none', { options: { timezone: 'Mars/North' }, steps: [open] }, 'options.timezone'],
  ])('%s is refused at its place', (_what, document, path) => {
    expect(faultsOf(document).map((fault) => fault.path)).toContain(path);
  });

  test('too deep or too large is refused without looking further', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    expect(faultsOf({ steps: deep })).toEqual([{ path: '', message: 'is nested deeper than 12 levels' }]);
    expect(faultsOf({ title: 'x'.repeat(300_000), steps: [open] })[0]?.message).toMatch(/bytes long/);
    expect(faultsOf({ steps: Array.from({ length: 501 }, () => open) })[0]?.message).toMatch(
      /more than 500 steps/,
    );
  });
});
