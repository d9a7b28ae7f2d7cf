import { readTestOptions } from './test-options';

test('what a robot is tested with is read from the words of the call', () => {
  const words = ['a.json', '--input', 'a=b=c', '--input=n=', '--engine', 'http', '--json', '--record', 'x'];
  expect(readTestOptions(words)).toEqual({
    file: 'a.json',
    options: {
      inputs: { a: 'b=c', n: '' },
      engine: 'http',
      record: 'x',
      replay: undefined,
      artifacts: null,
      json: true,
    },
  });
});

test.each<[string[], string]>([
  [['a', 'b', 'c'], 'One FILE at a time; what is b c?'],
  [['a', '--engin', 'http'], 'There is no option --engin; allowed: --input, --engine, --record'],
  [['a', '-e'], 'There is no option -e; allowed: '],
  [['a', '--engine', 'fast'], '--engine fast: allowed are auto, browser, http'],
  [['a', '--record'], "Option '--record <value>' argument missing"],
  [['a', '--record', 'x', '--replay', 'y'], 'Either --record or --replay'],
  [['a', '--input', 'x'], '--input x: must be NAME=VALUE'],
  [['a', '--input', '=x'], '--input =x: must be NAME=VALUE'],
])('%j is refused with a sentence', (words, sentence) => {
  expect(() => readTestOptions(words)).toThrow(sentence);
});
