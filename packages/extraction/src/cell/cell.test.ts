import type { FieldRule } from '@runnel/contracts';
import { parseDate } from './date';
import { parseNumber } from './number';
import { toCell } from './to-cell';

const rule = (parts: Partial<FieldRule>): FieldRule => ({
  selector: 'b',
  attribute: 'text',
  all: false,
  type: 'string',
  required: false,
  ...parts,
});
const cell = (parts: Partial<FieldRule>, ...texts: string[]) =>
  toCell(rule(parts), texts, 'https://example.test/a/');

describe('a number', () => {
  test.each([
    ['£1,234.50', 1234.5],
    ['1.234,50 €', 1234.5],
    ['1 234,5', 1234.5],
    ['1 234 567', 1234567],
    ["CHF 1'234.50", 1234.5],
    ['1,234', 1234],
    ['0,234', 0.234],
    ['12,5 %', 12.5],
    ['1.234', 1.234],
    ['1.234.567', 1234567],
    ['1,234,567', 1234567],
    ['-3', -3],
    ['−3.5 °C', -3.5],
    ['-£4', -4],
    ['£-4', -4],
    ['SKU-12', 12],
    ['.5', 0.5],
    ['12 items in 3 boxes', 12],
    ['3 stars', 3],
    ['5.', 5],
    ['$0', 0],
  ])('%s is %d', (text, expected) => expect(parseNumber(text)).toBe(expected));

  test.each(['', 'free', '–', ', .'])('%j is none', (text) => expect(parseNumber(text)).toBeNull());
});

describe('a date', () => {
  test.each([
    ['2025-06-01', '2025-06-01'],
    ['2025-06-01T14:27:06Z', '2025-06-01T14:27:06Z'],
    ['1 June 2025', '2025-06-01'],
    ['Published on June 1, 2025', '2025-06-01'],
    ['Sun, 01 Jun 2025 14:27:06 GMT', '2025-06-01T14:27:06Z'],
    ['June 1, 2025 2:27 pm', '2025-06-01T14:27:00'],
  ])('%s is %s', (text, expected) => expect(parseDate(text)).toBe(expected));

  test.each(['', 'soon', '12 items', '2025-13-45'])('%j is none', (text) =>
    expect(parseDate(text)).toBeNull(),
  );
});

describe('a cell', () => {
  test('is the first match, or all of them', () => {
    expect(cell({}, 'a', 'b').value).toBe('a');
    expect(cell({ all: true }, 'a', 'b').value).toEqual(['a', 'b']);
    expect(cell({ all: true }).value).toEqual([]);
  });

  test('that is not of its type is null and a warning, never a failure', () => {
    expect(cell({ type: 'number' }, 'free')).toEqual({
      value: null,
      missing: true,
      warning: 'is not a number: "free"',
    });
    expect(cell({ type: 'number', default: 0 }, 'free')).toMatchObject({ value: 0, missing: false });
    expect(cell({ type: 'number', all: true }, '1', 'free', '3')).toMatchObject({
      value: [1, 3],
      missing: false,
    });
  });

  test('may be there or not, an address, or JSON', () => {
    expect([cell({ type: 'boolean' }, '').value, cell({ type: 'boolean' }).value]).toEqual([true, false]);
    expect(cell({ type: 'url' }, '../b?c#d').value).toBe('https://example.test/b?c#d');
    expect(cell({ type: 'json' }, '{"a":[1,null]}').value).toEqual({ a: [1, null] });
    expect(cell({ type: 'json' }, '{a}')).toMatchObject({ value: null, warning: 'is not a json: "{a}"' });
  });

  test("takes the first group of its rule's pattern, before its type", () => {
    expect(cell({ pattern: 'of (\\d+)', type: 'number' }, 'page 3 of 17').value).toBe(17);
    expect(cell({ pattern: '\\d+' }, 'page 3').value).toBe('3');
    expect(cell({ pattern: '\\d+' }, 'none').value).toBeNull();
  });

  test('a pattern that would backtrack for ever is done at once', () => {
    expect(cell({ pattern: '^(a+)+$' }, `${'a'.repeat(50_000)}!`).value).toBeNull();
  });

  test('holds nothing that the database cannot: no NUL, no half of a surrogate pair', () => {
    expect(cell({}, 'a\0b\ud800c').value).toBe('ab\ufffdc');
    expect(cell({ type: 'json' }, '{"k":"a\\u0000b\\ud800"}').value).toEqual({ k: 'ab\ufffd' });
  });
});
