import { setTimeout as sleep } from 'node:timers/promises';
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
  toCell(rule(parts), texts, { baseUrl: 'https://example.test/a/', locale: null });

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
    ['USD1,234.50', 1234.5],
    ['Rs.500', 500],
    ['1 234,50 kr', 1234.5],
    ['(1,234.50)', 1234.5],
    ['5%', 5],
    ['1,00,000', 100000],
  ])('%s is %d', (text, expected) => expect(parseNumber(text)).toBe(expected));

  test.each([
    ['9,007,199,254,740,991', Number.MAX_SAFE_INTEGER],
    ['-9007199254740991', Number.MIN_SAFE_INTEGER],
    ['9007199254740993', null],
    ['-9007199254740993', null],
    ['12345678901234567890', null],
    ['9'.repeat(400), null],
  ])('%s keeps every digit, or is none', (text, expected) => expect(parseNumber(text)).toBe(expected));

  test.each(['', 'free', '–', ', .'])('%j is none', (text) => expect(parseNumber(text)).toBeNull());

  test.each([
    ['x -  $ \n 4', -4],
    ['x-  4', 4],
    ['1 234  567', 1234],
    ['12\n345', 12],
    ['1\u00a0234\u00a0\u00a0567', 1234],
  ])('%j is %d, whatever white space it has', (text, expected) => expect(parseNumber(text)).toBe(expected));

  test.each([
    ['spaces', `${' '.repeat(200_000)}x`, null],
    ['spaces before a number', `x${' '.repeat(200_000)}5`, 5],
    ['spaces in a number', `-${' '.repeat(100_000)}£${' '.repeat(100_000)}4`, -4],
    ['points', `${'.'.repeat(200_000)}x`, null],
    ['commas behind a number', `5${','.repeat(200_000)}x`, 5],
    ['signs', '- '.repeat(100_000), null],
    ['currencies', '$ '.repeat(100_000), null],
    ['numbers', '1 '.repeat(100_000), 1],
  ])('a text may hold many %s', async (_, text, expected) => {
    const number = parseNumber(text);
    await sleep(0);
    expect(number).toBe(expected);
  });
});

describe("a number in a locale's writing", () => {
  test.each([
    ['de', '1.234', 1234],
    ['de', '1,234', 1.234],
    ['de', '1.23', 1.23],
    ['de', '0.234', 0.234],
    ['de', '1,234.50', 1234.5],
    ['en', '1.234', 1.234],
    ['en', '1,234', 1234],
    ['fr-FR', '1.234', 1234],
    ['fr-FR', '1\u202f234,5', 1234.5],
    ['de-CH', '1’234', 1234],
    ['ar-EG', '١٬٢٣٤٫٥', 1234.5],
    ['ar-EG', '1,234', 1234],
    ['fa', '۱۲۳', 123],
    ['hi', '1,23,456', 123456],
  ])('%s: %s is %d', (locale, text, expected) => expect(parseNumber(text, locale)).toBe(expected));
});

describe("a date in a locale's writing", () => {
  test.each([
    ['en-US', '03/04/2025', '2025-03-04'],
    ['en-GB', '03/04/2025', '2025-04-03'],
    ['en-GB', 'June 1, 2025', '2025-06-01'],
    ['de', '03.04.2025', '2025-04-03'],
    ['de', '3. März 2025, 14:27 Uhr', '2025-03-03T14:27:00'],
    ['de', '1 June 2025', '2025-06-01'],
    ['fr', '1er août 2025', '2025-08-01'],
    ['es', '3 de abril de 2025', '2025-04-03'],
    ['ja', '2025年6月1日', '2025-06-01'],
    ['zh-TW', '2025年6月1日', '2025-06-01'],
    ['ru', '1 июня 2025', '2025-06-01'],
    ['pl', '03.04.2025', '2025-04-03'],
    ['ar-EG', '٢٠٢٥-٠٦-٠١', '2025-06-01'],
  ])('%s: %s is %s', (locale, text, expected) => expect(parseDate(text, locale)).toBe(expected));
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
    expect(cell({ type: 'number' }, '9007199254740993')).toMatchObject({
      value: null,
      warning: 'is not a number: "9007199254740993"',
    });
    expect(cell({ type: 'number', default: 0 }, 'free')).toMatchObject({ value: 0, missing: false });
    expect(cell({ type: 'number', all: true }, '1', 'free', '3')).toMatchObject({
      value: [1, 3],
      missing: false,
    });
  });

  test('that is bad is quoted whole or not at all', () => {
    const secret = 'hunter2'.repeat(20);
    expect(cell({ type: 'number' }, secret).warning).toBe(`is not a number: "${secret}"`);
    expect(cell({ type: 'number' }, `${'a'.repeat(90)} ${secret}`).warning).toBe(
      'is not a number: a text of 231 characters',
    );
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
