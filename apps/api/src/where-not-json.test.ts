import { whereNotJson } from './where-not-json';

const document = '{"a":[1,-2.5e+3,"x\\n\\u00e9\u{1f600}\x7f",{}],"b": {"c":true, "d":[ ] },"e":null}';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('where a text stops being JSON', () => {
  test.each([
    ['{"value": hunter2}', 10],
    ['{"value": "hunter2}', 10],
    ['{"value" "hunter2"}', 9],
    ['{value: 1}', 1],
    ['{"a":1}hunter2', 7],
    ['{"a":truehunter}', 9],
    ['[1,]', 3],
    ['{"a":1,}', 7],
    ['["a":1]', 4],
    ['[01]', 2],
    ['["two\nlines"]', 1],
    ['[1', 2],
    ['{"a":', 5],
  ])('%j: %i', (text, at) => {
    expect(whereNotJson(text)).toBe(at);
    expect(isJson(text)).toBe(false);
  });

  test('is nowhere in what JSON.parse takes, and somewhere in what it does not', () => {
    expect(whereNotJson(document)).toBe(document.length);
    for (let at = 0; at < document.length; at += 1) {
      for (const put of ['', '"', '{', '}', '[', ']', ',', ':', '1', 't', '\\', ' ', '\n']) {
        const text = `${document.slice(0, at)}${put}${document.slice(at + 1)}`;
        const isWhole = whereNotJson(`${text} ~`) === text.length + 1;
        if (isJson(text)) expect([text, isWhole]).toEqual([text, true]);
        else expect(whereNotJson(text)).toBeLessThanOrEqual(text.length);
      }
    }
  });

  test('is found soon in a mebibyte', () => {
    const began = performance.now();
    for (const unit of ['[', '"', '\\"', '1,', '{"a":', 'x'])
      whereNotJson(`["${unit.repeat(2 ** 20 / unit.length)}`);
    whereNotJson('[1,'.repeat(2 ** 18));
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
