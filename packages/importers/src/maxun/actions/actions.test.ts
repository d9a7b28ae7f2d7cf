import { readDefinition } from '../../index';

type Step = Record<string, unknown>;
const goto = { action: 'goto', args: ['https://shop.test/tea/'] };
const robot = (...what: unknown[]) => ({ workflow: [{ where: {}, what: [goto, ...what] }] });

/** The steps after the first, without what the schema adds. */
function stepsOf(...what: unknown[]): Step[] {
  const { definition, faults } = readDefinition(robot(...what));
  expect(faults).toEqual([]);
  const [, ...steps] = definition!.steps;
  return steps as unknown as Step[];
}

const faultsOf = (...what: unknown[]) => readDefinition(robot(...what)).faults;

describe('an action of Maxun', () => {
  test.each<[string, unknown, Step[]]>([
    [
      'goto',
      { action: 'goto', args: ['https://a.test/', { waitUntil: 'load', timeout: 9000 }] },
      [{ type: 'navigate', url: 'https://a.test/', timeout: 9000 }],
    ],
    [
      'one argument without a list',
      { action: 'goto', args: 'https://a.test/' },
      [{ type: 'navigate', url: 'https://a.test/' }],
    ],
    ['click', { action: 'click', args: ['#more'] }, [{ type: 'click', selectors: [['#more']] }]],
    [
      'click at a place',
      { action: 'click', args: ['#more', { position: { x: 3, y: 4 } }, { cursorIndex: 2 }] },
      [{ type: 'click', offsetX: 3, offsetY: 4 }],
    ],
    [
      'click of another button',
      { action: 'click', args: ['#more', { button: 'right', delay: 50 }] },
      [{ type: 'click', button: 'secondary', duration: 50 }],
    ],
    ['two clicks', { action: 'click', args: ['#more', { clickCount: 2 }] }, [{ type: 'doubleClick' }]],
    ['dblclick', { action: 'dblclick', args: ['#more'] }, [{ type: 'doubleClick' }]],
    ['hover', { action: 'hover', args: ['#more'] }, [{ type: 'hover', selectors: [['#more']] }]],
    [
      'check',
      { action: 'check', args: ['#box'] },
      [
        { type: 'waitForElement', selectors: [['#box']] },
        { type: 'click', when: '#box:not(:checked)' },
      ],
    ],
    [
      'check of one of two',
      { action: 'check', args: ['#box, .box'] },
      [{}, { type: 'click', when: ':is(#box, .box):not(:checked)' }],
    ],
    ['uncheck', { action: 'uncheck', args: ['#box'] }, [{}, { type: 'click', when: '#box:checked' }]],
    [
      'type',
      { action: 'type', args: ['#q', 'tea', 'text'] },
      [{ type: 'change', selectors: [['#q']], value: 'tea' }],
    ],
    [
      'fill',
      { action: 'fill', args: ['#q', 'tea', { timeout: 500 }] },
      [{ type: 'change', value: 'tea', timeout: 500 }],
    ],
    ['selectOption', { action: 'selectOption', args: ['#size', ['l']] }, [{ type: 'change', value: 'l' }]],
    [
      'selectOption by an object',
      { action: 'selectOption', args: ['#size', { value: 'l' }] },
      [{ type: 'change', value: 'l' }],
    ],
    [
      'press',
      { action: 'press', args: ['#q', 'Enter'] },
      [
        { type: 'click', selectors: [['#q']] },
        { type: 'keyDown', key: 'Enter' },
        { type: 'keyUp', key: 'Enter' },
      ],
    ],
    [
      'press of several keys',
      { action: 'press', args: ['#q', 'Control+a'] },
      [
        {},
        { type: 'keyDown', key: 'Control' },
        { type: 'keyDown', key: 'a' },
        { type: 'keyUp', key: 'a' },
        { type: 'keyUp', key: 'Control' },
      ],
    ],
    [
      'keyboard.press',
      { action: 'keyboard.press', args: ['+'] },
      [
        { type: 'keyDown', key: '+' },
        { type: 'keyUp', key: '+' },
      ],
    ],
    ['waitForLoadState', { action: 'waitForLoadState', args: ['networkidle'] }, []],
    ['waitForTimeout', { action: 'waitForTimeout', args: [250.5] }, [{ type: 'wait', ms: 251 }]],
    [
      'waitForSelector',
      { action: 'waitForSelector', args: ['#a', { state: 'visible', timeout: 900 }] },
      [{ type: 'waitForElement', selectors: [['#a']], visible: true, timeout: 900 }],
    ],
    [
      'waitForSelector until it is gone',
      { action: 'waitForSelector', args: ['#a', { state: 'detached' }] },
      [{ type: 'waitForElement', visible: false }],
    ],
    [
      'waitForSelector until it is hidden',
      { action: 'waitForSelector', args: ['#a', { state: 'hidden' }] },
      [
        {
          type: 'waitForExpression',
          expression: '![...document.querySelectorAll("#a")].some((element) => element.checkVisibility())',
        },
      ],
    ],
    [
      'scroll',
      { action: 'scroll', args: [2] },
      [
        { type: 'waitForExpression', expression: expect.stringContaining('scrollBy') },
        { type: 'waitForExpression' },
      ],
    ],
    [
      'scroll of the SDK',
      { action: 'scroll', args: [{ direction: 'down', distance: 500 }] },
      [{ type: 'waitForExpression' }],
    ],
    [
      'screenshot',
      {
        action: 'screenshot',
        name: 'Shot',
        args: [
          { type: 'png', fullPage: true, caret: 'hide', scale: 'device', timeout: 0, animations: 'allow' },
        ],
      },
      [{ type: 'screenshot', name: 'Shot', fullPage: true }],
    ],
    [
      'screenshot with a name',
      { action: 'screenshot', name: 'Shot', args: [{}, 'Other'] },
      [{ type: 'screenshot', name: 'Other', fullPage: false }],
    ],
    [
      'scrape of an element',
      { action: 'scrape', args: ['table'] },
      [{ type: 'extract', name: 'Texts', fields: { text: expect.objectContaining({ selector: 'table' }) } }],
    ],
    [
      'scrapeListAuto',
      { action: 'scrapeListAuto', args: ['li.tea'] },
      [
        {
          type: 'extractList',
          name: 'List 1',
          item: 'li.tea',
          fields: { text: expect.objectContaining({ selector: ':scope' }) },
          unique: ['text'],
        },
      ],
    ],
    ['flag', { action: 'flag', args: ['generated'] }, []],
  ])('%s', (_what, action, steps) => {
    const made = stepsOf(action);
    expect(made).toHaveLength(steps.length);
    expect(made).toEqual(steps.map((step) => expect.objectContaining(step)));
  });

  test.each<[string, unknown, string, unknown]>([
    ['script', { action: 'script', args: ['1'] }, 'action', 'runs no code'],
    ['search', { action: 'search', args: [{ query: 'tea' }] }, 'action', 'begins with a page'],
    ['another action', { action: 'setContent', args: [] }, 'action', 'allowed: goto, '],
    ['an inherited action', { action: 'constructor', args: [] }, 'action', 'allowed: goto, '],
    ['no argument', { action: 'click' }, 'args[0]', 'is missing'],
    ['too many arguments', { action: 'hover', args: ['a', {}, 5] }, 'args[2]', 'more than the 2 arguments'],
    ['an unknown option', { action: 'click', args: ['a', { trial: true }] }, 'args[1].trial', 'not known'],
    [
      'a type that is encrypted',
      { action: 'type', args: ['a', `${'0a'.repeat(16)}:${'ff'.repeat(32)}`, 'password'] },
      'args[1]',
      '$param',
    ],
    [
      'a press that is encrypted',
      { action: 'press', args: ['a', `${'0a'.repeat(16)}:${'ff'.repeat(16)}`] },
      'args[1]',
      'is encrypted',
    ],
    ['a key that is none', { action: 'press', args: ['a', 'no key'] }, 'args[1]', 'key'],
    [
      'a label of an option',
      { action: 'selectOption', args: ['a', { label: 'Large' }] },
      'args[1]',
      'value of one option',
    ],
    ['two options', { action: 'selectOption', args: ['a', ['l', 'm']] }, 'args[1]', 'value of one option'],
    ['a box by XPath', { action: 'check', args: ['//input'] }, 'args[0]', 'plain CSS'],
    [
      'hidden by XPath',
      { action: 'waitForSelector', args: ['//a', { state: 'hidden' }] },
      'args[0]',
      'plain CSS',
    ],
    ['a JPEG', { action: 'screenshot', args: [{ type: 'jpeg' }] }, 'args[0].type', 'png'],
    ['a cut of the page', { action: 'screenshot', args: [{ clip: {} }] }, 'args[0].clip', 'not known'],
    ['scrape of everything', { action: 'scrape' }, 'args[0]', 'is missing'],
    ['scroll by letters', { action: 'scroll', args: ['down'] }, 'args[0]', 'number of pages'],
    ['goForward', { action: 'goForward', args: [{ waitUntil: 'commit' }] }, 'action', 'shows in a run only'],
    ['an unknown key beside it', { action: 'flag', args: [], when: 1 }, 'when', 'not known'],
    ['an action that is none', 7, '', 'must be object'],
  ])('is refused at its place: %s', (...[, action, path, message]) => {
    const place = `workflow[0].what[1]${path.startsWith('[') || path === '' ? path : `.${path}`}`;
    expect(faultsOf(action)).toContainEqual(
      expect.objectContaining({ path: place, message: expect.stringContaining(String(message)) }),
    );
  });

  test('a misspelt one is told its right name', () => {
    expect(faultsOf({ action: 'scrapeLst', args: [] })[0]).toMatchObject({
      found: 'scrapeLst',
      didYouMean: 'scrapeList',
    });
  });
});

describe('keys', () => {
  test('go to the element that has the focus without a click', () => {
    const types = stepsOf(
      { action: 'fill', args: ['#q', 'tea'] },
      { action: 'press', args: ['#q', 'Enter'] },
    ).map(({ type }) => type);
    expect(types).toEqual(['change', 'keyDown', 'keyUp']);
  });

  test('go to another element by a click', () => {
    const types = stepsOf(
      { action: 'fill', args: ['#q', 'tea'] },
      { action: 'press', args: ['#r', 'Enter'] },
    ).map(({ type }) => type);
    expect(types).toEqual(['change', 'click', 'keyDown', 'keyUp']);
  });
});

describe('the history of pages', () => {
  const other = { action: 'goto', args: ['https://a.test/'] };
  const back = { action: 'goBack', args: [{ waitUntil: 'commit' }] };
  const forward = { action: 'goForward' };

  test('is opened by address, where the robot itself opened them', () => {
    const urls = stepsOf(other, { action: 'hover', args: ['a'] }, back, forward, back).map(({ url }) => url);
    expect(urls).toEqual([
      'https://a.test/',
      undefined,
      'https://shop.test/tea/',
      'https://a.test/',
      'https://shop.test/tea/',
    ]);
  });

  test('is refused after a click, which may have gone anywhere', () => {
    expect(faultsOf(other, { action: 'click', args: ['a'] }, back)).toMatchObject([
      { path: 'workflow[0].what[3].action', found: 'goBack' },
    ]);
  });
});
