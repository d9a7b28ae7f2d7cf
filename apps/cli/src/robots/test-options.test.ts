import { readTestOptions } from './test-options';

test('what a robot is tested with is read from the words of the call', () => {
  const words = ['a.json', '--input', 'a=b=c', '--input=n=', '--engine', 'http', '--json', '--record', 'x'];
  expect(readTestOptions(words)).toEqual({
    file: 'a.json',
    options: {
      inputs: { a: 'b=c', n: '' },
      secrets: new Map(),
      engine: 'http',
      record: 'x',
      replay: undefined,
      artifacts: null,
      json: true,
    },
  });
});

test('secrets are told by the environment variables that hold them', () => {
  const { options } = readTestOptions(['a.json', '--secret', 'shop=SHOP', '--secret=other-1=_other2']);
  expect([...options.secrets]).toEqual([
    ['shop', 'SHOP'],
    ['other-1', '_other2'],
  ]);
});

test.each<[string[], string]>([
  [['a', 'b', 'c'], 'One FILE at a time; what is b c?'],
  [['a', '--engin', 'http'], 'There is no option --engin; allowed: --input, --secret, --engine'],
  [['a', '-e'], 'There is no option -e; allowed: '],
  [['a', '--engine', 'fast'], '--engine fast: allowed are auto, browser, http'],
  [['a', '--record'], "Option '--record <value>' argument missing"],
  [['a', '--record', 'x', '--replay', 'y'], 'Either --record or --replay'],
  [['a', '--input', 'x'], '--input x: must be NAME=VALUE'],
  [['a', '--input', '=x'], '--input =x: must be NAME=VALUE'],
  [['a', '--secret', 'x'], '--secret x: must be NAME=ENV_VARIABLE'],
  [['a', '--secret', 'x='], '--secret x=…: must be NAME=ENV_VARIABLE'],
  [['a', '--secret', 'a.b=X'], '--secret a.b=…: must be NAME=ENV_VARIABLE'],
  [['a', '--secret', 'x=hunter-2'], '--secret x=…: must be NAME=ENV_VARIABLE'],
  [['a', '--record', 'x', '--secret', 'x=Y'], 'Either --record or --secret: a recording would hold'],
])('%j is refused with a sentence', (words, sentence) => {
  expect(() => readTestOptions(words)).toThrow(sentence);
});
