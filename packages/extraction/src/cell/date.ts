import type { ParsedComponents } from 'chrono-node';
import { dateReaders } from './date-readers';
import { plainDigits } from './locale-digits';

/**
 * A date as ISO 8601: "2025-06-01" where the text tells no time of day, else "2025-06-01T14:27:06" with the
 * offset ("Z", "+02:00") that the text gives. Null when the text holds no date. The locale tells the names of months
 * and whether "03/04/2025" is in March; English names are read in any.
 */
export function parseDate(text: string, locale: string | null = null): string | null {
  const trimmed = plainDigits(text, locale).trim();
  if (/^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:?\d{2})?)?$/.test(trimmed)) {
    return Number.isNaN(Date.parse(trimmed)) ? null : trimmed;
  }
  const found = readDate(trimmed, locale);
  if (!found) return null;
  const part = (name: Parameters<typeof found.get>[0], width = 2): string =>
    String(found.get(name) ?? 0).padStart(width, '0');
  const day = `${part('year', 4)}-${part('month')}-${part('day')}`;
  if (!found.isCertain('hour')) return day;
  const offset = found.isCertain('timezoneOffset') ? offsetOf(found.get('timezoneOffset') ?? 0) : '';
  return `${day}T${part('hour')}:${part('minute')}:${part('second')}${offset}`;
}

/** What reads most of the text is right. */
function readDate(text: string, locale: string | null): ParsedComponents | null {
  const found = dateReaders(locale)
    .flatMap((reader) => reader.parse(text).slice(0, 1))
    .filter(({ start }) => start.isCertain('day') && start.isCertain('month'));
  const [best] = found.sort((one, other) => other.text.length - one.text.length);
  return best?.start ?? null;
}

function offsetOf(minutes: number): string {
  if (minutes === 0) return 'Z';
  const size = Math.abs(minutes);
  const [hours, rest] = [Math.floor(size / 60), size % 60].map((part) => String(part).padStart(2, '0'));
  return `${minutes < 0 ? '-' : '+'}${hours}:${rest}`;
}
