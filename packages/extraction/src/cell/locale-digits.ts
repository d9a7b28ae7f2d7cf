/** How a language writes numbers. */
export interface NumberStyle {
  decimal: string;
  group: string;
  /** Its digits, from zero. */
  digits: string[];
}

const styles = new Map<string, NumberStyle>();

/** Learned from `Intl`, once for each locale; null for one that it does not know. */
export function numberStyle(locale: string): NumberStyle | null {
  const known = styles.get(locale);
  if (known) return known;
  if (!isKnown(locale)) return null;
  const parts = new Intl.NumberFormat(locale, { useGrouping: 'always' }).formatToParts(-1_234_567.5);
  const valueOf = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  const figures = new Intl.NumberFormat(locale, { useGrouping: false }).format(9_876_543_210);
  const style = {
    decimal: valueOf('decimal'),
    group: valueOf('group'),
    digits: Array.from(figures).reverse(),
  };
  styles.set(locale, style);
  return style;
}

/** The text with the digits of the locale's own writing as 0 to 9. */
export function plainDigits(text: string, locale: string | null): string {
  const digits = locale === null ? null : numberStyle(locale)?.digits;
  if (!digits || digits[0] === '0') return text;
  const asciiOf = (each: string): string => (digits.includes(each) ? String(digits.indexOf(each)) : each);
  return Array.from(text, asciiOf).join('');
}

function isKnown(locale: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(locale).length > 0;
  } catch {
    return false;
  }
}
