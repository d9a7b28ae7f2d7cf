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
    [
      'in JSON for a script',
      JSON.stringify(password).slice(1, -1).replace('<', '\\u003C').replace('/', '\\/'),
    ],
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
    expect(of('pass', 'password-1', 'word').text('password-1 pass password')).toBe('*** *** ***');
  });

  test('leaves no line of a secret of many lines, however the page breaks them', () => {
    const key = '-----BEGIN KEY-----\nAbCdEfGhIjKl\nMnOpQrStUvWx\n';
    expect(of(key).text('a -----BEGIN KEY----- AbCdEfGhIjKl  MnOpQrStUvWx b')).toBe('a *** b');
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

  test('is quick, whatever the text and the secrets are', () => {
    const secrets = [
      ...Array.from({ length: 50 }, (_, index) => `secret &/ ${index}`),
      '"&%+ '.repeat(1_600),
      '\\'.repeat(500),
    ];
    const masked = of(...secrets);
    const texts = [
      'a "&%+ b'.repeat(60_000),
      '\\'.repeat(20_000),
      '%2525'.repeat(40_000),
      ' +'.repeat(20_000),
    ];
    masked.text('');
    const began = performance.now();
    for (const text of texts) masked.text(text);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
