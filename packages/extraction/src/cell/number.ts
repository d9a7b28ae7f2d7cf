const amount = /(?<![\w.,])([-−+])?\s*(?:\p{Sc}\s*([-−])?)?\s*(\d[\d.,'’\u00a0\u202f ]*|[.,]\d+)/u;

/**
 * The first number in a text, whatever its grouping: "£1,234.50", "1.234,50 €", "1 234,5", "-3" and "12 items".
 * Where one separator stands alone before three digits, a comma groups ("1,234" is 1234) and a point does not
 * ("1.234" is 1.234). Null when there is none.
 */
export function parseNumber(text: string): number | null {
  const match = amount.exec(text);
  if (!match) return null;
  const [, before, after, digits = ''] = match;
  const value = Number(plain(digits));
  if (!Number.isFinite(value)) return null;
  return [before, after].some((sign) => sign === '-' || sign === '−') ? -value : value;
}

/** The digits as JavaScript writes them. */
function plain(digits: string): string {
  const groups = /^\d{1,3}(?:['’\u00a0\u202f ]\d{3})+(?!\d)/.exec(digits)?.[0];
  const joined = groups ? groups.replace(/\D/g, '') + digits.slice(groups.length) : digits;
  const token = /^[\d.,]+/.exec(joined)?.[0].replace(/[.,]+$/, '') ?? '';
  const decimal = decimalSeparator(token);
  const integer = decimal === '' ? token : token.slice(0, token.lastIndexOf(decimal));
  const fraction = decimal === '' ? '' : token.slice(token.lastIndexOf(decimal) + 1);
  return `${integer.replace(/[.,]/g, '') || '0'}.${fraction || '0'}`;
}

function decimalSeparator(token: string): '.' | ',' | '' {
  const lastComma = token.lastIndexOf(',');
  const lastPoint = token.lastIndexOf('.');
  if (lastComma !== -1 && lastPoint !== -1) return lastComma > lastPoint ? ',' : '.';
  if (lastPoint !== -1) return token.indexOf('.') === lastPoint ? '.' : '';
  if (lastComma === -1 || token.indexOf(',') !== lastComma) return '';
  return /^[1-9]\d{0,2},\d{3}$/.test(token) ? '' : ',';
}
