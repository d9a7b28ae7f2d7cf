/** One way in which pages write what they say. */
type Writing = (text: string) => string;

/** What is shorter would be found in text that has nothing to do with it. */
export const fewestCharacters = 4;
const fewestOfLine = 8;
const fewestOfBase64 = 6;
/** Of what is written in all ways: passwords and tokens. Keys of many lines are written in the usual ways. */
const mostCharacters = 500;

/** Written in the same way by whatever writes it. */
const plain = /^[\dA-Za-z]*$/;
const byteOf = /%[\dA-F]{2}/g;

const form: Writing = (text) => new URLSearchParams([['', text]]).toString().slice(1);
const strict: Writing = (text) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${hexOf(sign).toUpperCase()}`);

const percent: Writing[] = [
  encodeURIComponent,
  encodeURI,
  form,
  strict,
  (text) => strict(text).replaceAll('%20', '+'),
  (text) => strict(text).replaceAll('%2F', '/'),
  // As browsers show an address, in its path, its query and its fragment.
  ...['http://a/', 'http://a/?', 'http://a/#'].map(
    (start) => (text: string) => new URL(start + text).href.slice(start.length),
  ),
];
const addresses: Writing[] = [
  ...percent,
  ...percent.map((write) => (text: string) => write(text).replace(byteOf, (byte) => byte.toLowerCase())),
];

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\u00a0': '&nbsp;',
};
const htmlText = html(/[&<>\u00a0]/g);
const htmlAttribute = html(/[&"\u00a0]/g);
const htmlFull = html(/[&<>"'\u00a0]/g, { "'": '&#39;' });
const pages: Writing[] = [
  htmlText,
  htmlAttribute,
  htmlFull,
  html(/[&<>"\u00a0]/g),
  ...['&apos;', '&#039;', '&#x27;'].map((quote) => html(/[&<>"']/g, { "'": quote })),
  // Template engines, each with its own list.
  html(/[&<>"']/g, { "'": '&#39;', '"': '&#34;' }),
  html(/[&<>"'`=]/g, { "'": '&#x27;', '`': '&#x60;', '=': '&#x3D;' }),
  html(/[&<>"'`=/]/g, { "'": '&#39;', '`': '&#x60;', '=': '&#x3D;', '/': '&#x2F;' }),
  html(/[&<>"'/]/g, { "'": '&#x27;', '/': '&#x2F;' }),
  html(/[&<>"'`\\/]/g, { "'": '&#x27;', '`': '&#96;', '\\': '&#x5C;', '/': '&#x2F;' }),
  (text) => htmlText(text).replace(/[^\0-\x7f]/gu, (sign) => `&#${sign.codePointAt(0)};`),
  (text) => text.replace(/[^\w\s]/gu, (sign) => `&#${sign.codePointAt(0)};`),
  (text) => text.replace(/[^\w\s]/gu, (sign) => `&#x${hexOf(sign)};`),
  (text) => text.replace(/[^\w\s]/gu, (sign) => `&#x${hexOf(sign).toUpperCase()};`),
];

const json = script(null);
const jsonOfPhp = script(/[^\0-\x7f]/g, { slash: '\\/' });
const jsonInPage = script(/[<>&\u2028\u2029]/g);
const scripts: Writing[] = [
  json,
  jsonOfPhp,
  jsonInPage,
  script(null, { slash: '\\/' }),
  script(/</g),
  script(/[<>]/g),
  script(/[<>&']/g),
  script(/[^\0-\x7f]/g),
  script(/[</]/g, { isUpper: true }),
  script(/[<>/]/g, { isUpper: true }),
  script(/[<>&']/g, { isUpper: true }),
  script(/[<>]|[^\0-\x7f]/g, { slash: '\\/', isUpper: true }),
  script(/[<>&'"]|[^\0-\x7f]/g, { slash: '\\/', isUpper: true }),
  script(/[<>&'"+`]|[^\0-\x7f]/g, { isUpper: true }),
  (text) => json(text).replaceAll('</', '<\\/'),
];

const markdown = backslashed(/[\\*`[\]_]/g);
const others: Writing[] = [
  markdown,
  backslashed(/[\\*`[\]_|]/g),
  backslashed(/[<>()]/g),
  backslashed(/["']/g),
  backslashed(/['\\]/g),
  backslashed(/["'\\]/g),
];

const writings = [...addresses, ...pages, ...scripts, ...others];
/** What stands in another: JSON in an attribute, an address in JSON. */
const usual = [
  encodeURIComponent,
  form,
  htmlText,
  htmlAttribute,
  htmlFull,
  json,
  jsonOfPhp,
  jsonInPage,
  markdown,
];

/** Each way in which pages usually write a secret, the longer lines of it, or the base64 of it. */
export function formsOf(secret: string): string[] {
  const text = secret.toWellFormed();
  const whole = text.trim();
  if (whole.length < fewestCharacters) return [];
  const lines = whole.split(/[\r\n]+/).map((line) => line.trim());
  const isShort = lines.length === 1 && whole.length <= mostCharacters;
  const parts = [...spellings(whole), ...lines.filter(({ length }) => length >= fewestOfLine)];
  const forms = [
    ...parts.flatMap(isShort ? writtenDeep : writtenUsually),
    ...base64Forms(text).flatMap(writtenUsually),
  ];
  return [...new Set(forms)].filter(({ length }) => length >= fewestCharacters);
}

/** With the white space that forms and pages make of it. */
function spellings(text: string): string[] {
  const lines = text.replace(/\r\n?/g, '\n');
  return [...new Set([text, lines, lines.replaceAll('\n', '\r\n'), lines.replace(/\s+/g, ' ')])];
}

function writtenUsually(text: string): string[] {
  return plain.test(text) ? [text] : [text, ...usual.map((write) => write(text))];
}

/** In all ways, and in the usual ways within each other. */
function writtenDeep(text: string): string[] {
  if (plain.test(text)) return [text];
  const inner = new Set([...writtenUsually(text), json(json(text))]);
  return [...writings.map((write) => write(text)), ...[...inner].flatMap(writtenUsually)];
}

/** By itself, and what is sure of it in the base64 of a longer text, where it may begin at three places of a group. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const alone = bytes.toString('base64').replace(/={1,2}$/, '');
  const within = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
  const forms = [alone, ...within].filter((text) => text.length >= fewestOfBase64);
  return forms.flatMap((text) => [text, text.replaceAll('+', '-').replaceAll('/', '_')]);
}

/** These signs as entities: as those given, or as their names. */
function html(signs: RegExp, given: Record<string, string> = {}): Writing {
  return (text) => text.replace(signs, (sign) => given[sign] ?? entities[sign] ?? sign);
}

/** As in JSON, and these signs by their numbers. */
function script(
  signs: RegExp | null,
  { slash = '/', isUpper = false }: { slash?: string; isUpper?: boolean } = {},
): Writing {
  const number = (sign: string): string => {
    const hex = hexOf(sign).padStart(4, '0');
    return `\\u${isUpper ? hex.toUpperCase() : hex}`;
  };
  const own = (text: string): string => {
    const quoted = JSON.stringify(text).slice(1, -1);
    return slash === '/' ? quoted : quoted.replaceAll('/', slash);
  };
  if (signs === null) return own;
  return (text) => {
    let written = '';
    let end = 0;
    for (const { 0: sign, index } of text.matchAll(signs)) {
      written += own(text.slice(end, index)) + number(sign);
      end = index + 1;
    }
    return written + own(text.slice(end));
  };
}

/** With a backslash before each of these signs. */
function backslashed(signs: RegExp): Writing {
  return (text) => text.replace(signs, '\\$&');
}

function hexOf(sign: string): string {
  return (sign.codePointAt(0) ?? 0).toString(16);
}
