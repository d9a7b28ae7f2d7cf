import { FailureError } from '@runnel/contracts';
import { mask } from '../src';

const password = `p&s<s>"w'ö/r\\d +%1`;
const of = (...secrets: string[]) => mask(new Map(secrets.map((secret, index) => [`s${index}`, secret])));
const html = (text: string) =>
  text.replace(
    /[&<>"']/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? '&#39;',
  );

describe('a mask', () => {
  test.each<[string, string]>([
    ['as it is', password],
    ['in an address', encodeURIComponent(password)],
    [
      'in an address, in lower case',
      encodeURIComponent(password).replace(/%../g, (hex) => hex.toLowerCase()),
    ],
    ['in an address that leaves more as it is', encodeURI(password)],
    ['in a form', new URLSearchParams([['', password]]).toString().slice(1)],
    ['in HTML', html(password)],
    [
      'in HTML by numbers',
      password.replace(/[^\w ]/gu, (sign) => `&#x${(sign.codePointAt(0) ?? 0).toString(16)};`),
    ],
    ['in JSON', JSON.stringify(password).slice(1, -1)],
    ['in JSON for a script', JSON.stringify(password).slice(1, -1).replaceAll('<', '\\u003c')],
    ['in JSON of PHP', JSON.stringify(password).slice(1, -1).replace('ö', '\\u00f6').replace('/', '\\/')],
    ['in JSON in JSON', JSON.stringify(JSON.stringify(password).slice(1, -1)).slice(1, -1)],
    ['in JSON in HTML', html(JSON.stringify(password).slice(1, -1))],
    ['in an address in JSON', JSON.stringify(encodeURI(password)).slice(1, -1)],
    ['in an address in an address', encodeURIComponent(encodeURIComponent(password))],
    ['in an address as browsers show it', new URL(`http://a.test/?${password}`).search.slice(1)],
    ['in Markdown', password.replace(/[\\_]/g, '\\$&')],
    ['in base64', Buffer.from(password).toString('base64').replace(/=+$/, '')],
    ['in base64 for addresses', Buffer.from(password).toString('base64url')],
  ])('takes a secret out of text that says it %s', (_, form) => {
    expect(of(password).text(`before ${form} behind ${form}.`)).toBe('before *** behind ***.');
  });

  test.each(['', 'a', 'ab', 'user:'])(
    'takes it out of the base64 of a longer text (%j before it)',
    (before) => {
      const whole = Buffer.from(`${before}correct horse battery;`).toString('base64');
      const left = of('correct horse battery').text(`Basic ${whole}`);
      expect(left).toContain('***');
      expect(Buffer.from(left.replaceAll('***', '')).toString('base64')).not.toContain(whole.slice(8, 16));
      expect(left.length).toBeLessThan(24);
    },
  );

  test('takes all of secrets that are a part of others, or stand side by side', () => {
    expect(of('pass', 'password-1', 'word').text('password-1 pass password')).toBe('*** *** ******');
  });

  test('leaves no line of a secret of many lines, however the page breaks them', () => {
    const key = '-----BEGIN KEY-----\nAbCdEfGhIjKl\nMnOpQrStUvWx\n';
    expect(of(key).text('a -----BEGIN KEY----- AbCdEfGhIjKl MnOpQrStUvWx b')).toBe('a *** b');
    expect(of(key).text('a -----BEGIN KEY----- AbCdEfGhIjKl\r\n\tMnOpQrStUvWx b')).toBe(
      'a *** ***\r\n\t*** b',
    );
    expect(of(key).text(JSON.stringify({ key }))).toBe('{"key":"***\\n"}');
    expect(of(key).text('<td>AbCdEfGhIjKl</td><td>MnOpQrStUvWx</td>')).toBe('<td>***</td><td>***</td>');
  });

  test('goes through every cell, key and number, and leaves all else as it is', () => {
    const row = {
      name: 'x secret-1',
      deep: [{ 'secret-1': ['secret-1'] }],
      code: 424242,
      price: 4.2,
      none: null,
    };
    expect(of('secret-1', '424242').cell(row)).toEqual({
      ...{ name: 'x ***', deep: [{ '***': ['***'] }], code: '***' },
      ...{ price: 4.2, none: null },
    });
  });

  test('of no secrets changes nothing', () => {
    expect(of().text(password)).toBe(password);
    expect(of('abc').text('abc')).toBe('abc');
  });

  test('goes through what was thrown and all its causes, which stay what they are', () => {
    const cause = Object.assign(new TypeError('no page at https://a.test/?k=secret-1'), {
      options: { url: 'https://secret-1.test' },
    });
    const inner = new FailureError(
      { code: 'INTERNAL', message: 'm secret-1', help: '', retryable: true, step: null, stepType: null },
      { cause },
    );
    const thrown = new AggregateError([inner], 'all: secret-1', {
      cause: new DOMException('secret-1', 'Odd'),
    });
    Object.assign(cause, { cause: thrown });
    of('secret-1').thrown(thrown);
    expect(inner).toBeInstanceOf(FailureError);
    expect(inner.failure).toMatchObject({ code: 'INTERNAL', message: 'm ***' });
    expect(cause).toMatchObject({
      message: 'no page at https://a.test/?k=***',
      options: { url: 'https://***.test' },
    });
    expect((thrown.cause as Error).message).toBe('***');
    expect([thrown.message, thrown.stack, inner.stack, cause.stack].join()).not.toContain('secret-1');
  });

  const length = 8 * 1024 * 1024;
  const lines = Array.from({ length: 900 }, (_, index) => `AAAA${String(index).padStart(4, '0')}`);
  const odd = Array.from({ length: 50 }, (_, index) => `${index}${'"&%+ '.repeat(1_600)}`);
  test.each<[string, string[], string]>([
    ['that could be an address, HTML or JSON', [password], '%41&amp;\\u0041+%2525'],
    [
      'that says nothing',
      Array.from({ length: 50 }, (_, index) => `secret &/ ${index}`),
      '<td>a word</td>\n',
    ],
    ['that begins like a secret everywhere', [password], password.slice(0, 7)],
    ['that is all secrets', [password], `${password} `],
    ['and secrets whose lines begin alike', [lines.join('\n')], 'AAAA000x'],
    ['and long secrets of signs', odd, '"&%+ '],
  ])('is quick with text %s', (_, secrets, part) => {
    const text = part.repeat(length / part.length);
    const began = performance.now();
    of(...secrets).text(text);
    // Each took from 10 seconds to minutes when all was read byte by byte, in each way of writing.
    expect(performance.now() - began).toBeLessThan(4_000);
  });
});
