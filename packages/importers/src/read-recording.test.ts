import { readDefinition } from './index';

const selectors = [
  ['aria/More'],
  ['#more'],
  ['xpath///*[@id="more"]'],
  ['pierce/#more'],
  ['text/More'],
  ['x-a', 'b'],
  'i',
];
const page = {
  assertedEvents: [{ type: 'navigation', url: 'https://a.test/', title: 'A' }],
  timeout: 5000,
  target: 'main',
};
const element = { ...page, selectors, frame: [0, 1] };
const pointer = {
  ...element,
  offsetX: 1.5,
  offsetY: 2,
  duration: 20,
  deviceType: 'touch',
  button: 'secondary',
};
const recording = {
  title: ' All ',
  timeout: 5000,
  selectorAttribute: 'data-qa',
  steps: [
    {
      type: 'setViewport',
      ...page,
      width: 900,
      height: 700,
      deviceScaleFactor: 1,
      isMobile: false,
      hasTouch: false,
      isLandscape: false,
    },
    { type: 'navigate', ...page, url: 'https://a.test/' },
    { type: 'emulateNetworkConditions', ...page, download: 50_000, upload: 50_000, latency: 2000 },
    { type: 'click', ...pointer },
    { type: 'doubleClick', ...pointer },
    { type: 'hover', ...element },
    { type: 'change', ...element, value: 'tea' },
    { type: 'keyDown', ...page, key: 'Enter' },
    { type: 'keyUp', ...page, key: 'Enter' },
    { type: 'scroll', ...element, x: 0, y: 100.5 },
    { type: 'scroll', ...page, y: 100 },
    {
      type: 'waitForElement',
      ...element,
      operator: '==',
      count: 2,
      visible: true,
      properties: { hidden: false },
      attributes: { role: 'row' },
    },
    { type: 'waitForExpression', ...page, frame: [], expression: 'true' },
    { type: 'customStep', ...page, frame: [0], name: 'own', parameters: { a: [1] } },
    { type: 'close', ...page },
  ],
};

describe('a recording of Chrome', () => {
  test('with everything in it is taken as it is', () => {
    const read = readDefinition(recording);
    expect(read).toMatchObject({ faults: [], name: 'All', definition: recording });
  });

  test('loses the keys that its player does not know either', () => {
    const [first, ...rest] = recording.steps;
    const noted = {
      ...recording,
      screenshot: 'data:',
      steps: [{ ...first, recordedAt: 5 }, ...rest, { type: 'close', target: null }],
    };
    const same = { ...recording, steps: [...recording.steps, { type: 'close' }] };
    expect(readDefinition(noted)).toEqual(readDefinition(same));
  });

  test('keeps what looks misspelt, and what is not the player of Chrome to read', () => {
    expect(readDefinition({ ...recording, option: {} }).faults).toMatchObject([
      { path: 'option', didYouMean: 'options' },
    ]);
    expect(readDefinition({ ...recording, engine: 'auto', screenshot: 'x' }).faults).toMatchObject([
      { path: 'screenshot' },
    ]);
  });
});

describe('a definition of ours', () => {
  const steps = [
    { type: 'navigate', url: 'https://a.test/' },
    { type: 'extract', fields: { a: 'b' } },
  ];

  test('is taken as it is, with or without a title', () => {
    expect(readDefinition({ steps })).toMatchObject({
      name: null,
      definition: { steps: [{ type: 'navigate' }, { type: 'extract' }] },
    });
    expect(readDefinition({ title: 'T', steps, workflow: [] }).faults).toMatchObject([{ path: 'workflow' }]);
  });

  test.each([[null], ['x'], [[]], [{}], [{ titl: 'x' }]])('%j is refused', (document) => {
    expect(readDefinition(document).faults.length).toBeGreaterThan(0);
  });
});
