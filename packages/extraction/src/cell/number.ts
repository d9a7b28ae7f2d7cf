import { numberStyle, plainDigits } from './locale-digits';

/** In a text without two spaces side by side. */
const amount = /(?<![\w.,])([-−+])?\s?(?:\p{Sc}\s?([-−])?)?\s?(\d[\d.,'’\u00a0\u202f ]*|[.,]\d+)/u;
/** A currency's name that stands at its number: "USD5", "Rs.500". */
const currencyWord = /(?<![\p{L}\p{N}])(?:(\p{Lu}{3})|[Rr]s\.?|[Kk]r\.?|[Ff]r\.|S\/\.?)(?=[-−]?\d)/gu;
const currencies = new Set(Intl.supportedValuesOf('currency'));

/**
 * The first number in a text, whatever its grouping: "£1,234.50", "1.234,50 €", "1 234,5", "-3" and "12 items".
 * Where one separator stands alone before three digits, the locale tells whether it groups; without one, a comma
 * groups ("1,234" is 1234) and a point does not ("1.234" is 1.234). Null when there is none, and
 * for one beyond what JavaScript counts exactly (9,007,199,254,740,991): its last digits would be others.
 */
export function parseNumber(text: string, locale: string | null = null): number | null {
  const match = amount.exec(withoutGaps(withoutCurrency(plainText(text, locale))));
  if (!match) return null;
  const [, before, after, digits = ''] = match;
  const value = Number(plain(digits, decimalOf(locale)));
  if (value > Number.MAX_SAFE_INTEGER) return null;
  return [before, after].some((sign) => sign === '-' || sign === '−') ? -value : value;
}

function withoutCurrency(text: string): string {
  return text.replace(currencyWord, (word, code: string | undefined) =>
    code === undefined || currencies.has(code) ? ' ' : word,
  );
}

/** A single space may group digits; more are as good as the end of a line. */
function withoutGaps(text: string): string {
  return text.replace(/\s{2,}/g, '\n');
}

/** With ASCII digits, and with a point and a comma where the locale has marks of its own ("١٬٢٣٤٫٥"). */
function plainText(text: string, locale: string | null): string {
  const style = locale === null ? null : numberStyle(locale);
  if (!style) return text;
  let plain = plainDigits(text, locale);
  if (!/[.,]/.test(style.decimal)) plain = plain.replaceAll(style.decimal, '.');
  return /[.,'’\s]|^$/.test(style.group) ? plain : plain.replaceAll(style.group, ',');
}

/** What separates the fraction; null where no locale tells. */
function decimalOf(locale: string | null): '.' | ',' | null {
  const style = locale === null ? null : numberStyle(locale);
  if (!style) return null;
  return style.decimal === ',' ? ',' : '.';
}

/** The digits as JavaScript writes them. */
function plain(digits: string, usual: '.' | ',' | null): string {
  const groups = /^\d{1,3}(?:['’\u00a0\u202f ]\d{3})+(?!\d)/.exec(digits)?.[0];
  const joined = groups ? groups.replace(/\D/g, '') + digits.slice(groups.length) : digits;
  const token = /^[\d.,]+/.exec(joined)?.[0].replace(/(?<![.,])[.,]+$/, '') ?? '';
  const decimal = decimalSeparator(token, usual);
  const integer = decimal === '' ? token : token.slice(0, token.lastIndexOf(decimal));
  const fraction = decimal === '' ? '' : token.slice(token.lastIndexOf(decimal) + 1);
  return `${integer.replace(/[.,]/g, '') || '0'}.${fraction || '0'}`;
}

function decimalSeparator(token: string, usual: '.' | ',' | null): '.' | ',' | '' {
  const lastComma = token.lastIndexOf(',');
  const lastPoint = token.lastIndexOf('.');
  if (lastComma !== -1 && lastPoint !== -1) return lastComma > lastPoint ? ',' : '.';
  if (lastComma === lastPoint) return '';
  const only = lastPoint === -1 ? ',' : '.';
  if (token.indexOf(only) !== token.lastIndexOf(only)) return '';
  const mayGroup = /^[1-9]\d{0,2}[.,]\d{3}$/.test(token);
  return mayGroup && only !== (usual ?? '.') ? '' : only;
}
