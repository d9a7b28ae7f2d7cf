import type { Fault } from '@runnel/contracts';
import { cronOf } from './cron-of';

const mostCharacters = 200;
/** A 29 February that is a Monday is 40 years from the next one at most. */
const yearsAhead = 40;
const nicknames = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];
const numbers = 'lists (1,2), ranges (1-5), steps (*/2, 1-5/2) and *';
const weekdays = 'FRI#2 (the second), FRI#L (the last), +FRI (only if the day of the month fits too)';
const second = { name: 'second', allowed: `0-59, ${numbers}` };
const fields = [
  { name: 'minute', allowed: `0-59, ${numbers}` },
  { name: 'hour', allowed: `0-23, ${numbers}` },
  {
    name: 'day of the month',
    allowed: `1-31, ${numbers}, L (the last), 15W and LW (the nearest working day)`,
  },
  { name: 'month', allowed: `1-12 or JAN-DEC, ${numbers}` },
  { name: 'day of the week', allowed: `0-7 (0 and 7: Sunday) or SUN-SAT, ${numbers}, ${weekdays}` },
];

/** What is wrong with the text of a pattern. */
export function cronFaults(cron: string): Fault[] {
  if (cron.length > mostCharacters) return [fault(`must have at most ${mostCharacters} characters`)];
  const parts = partsOf(cron);
  const [first = ''] = parts;
  if (parts.length === 1 && first.startsWith('@')) return nicknameFaults(first);
  if (parts.length !== 5 && parts.length !== 6) {
    const wanted =
      'must have 5 fields (minute, hour, day of the month, month, day of the week), or 6 with the second first';
    return [fault(`${wanted}; it has ${parts.length}`, cron)];
  }
  const known = parts.length === 6 ? [second, ...fields] : fields;
  return known.flatMap(({ name, allowed }, index) => {
    const part = parts[index] ?? '';
    return isField(part, index + 6 - known.length)
      ? []
      : [fault(`the ${name} ${JSON.stringify(part)} is not allowed; allowed: ${allowed}`, part)];
  });
}

/**
 * Whether a pattern that is written well names a time that comes: `0 0 30 2 *` names none, and `* 2 * 3 SUN#L` none in a
 * zone in which the clocks go forward then.
 */
export function comesAtAll({ cron, timezone }: { cron: string; timezone: string }, from: Date): boolean {
  const parts = partsOf(cron);
  if (parts.length === 1) return true;
  const rest = parts.slice(-5).join(' ');
  // Clocks change at full minutes. A look at each second of each gap of all these years would take a minute.
  const hasSteps = parts.length === 6 && /[*?/]/.test(parts[0] ?? '');
  const seconds = hasSteps ? '*/59' : '0';
  const year = Math.min(from.getUTCFullYear(), 9_999 - yearsAhead);
  const limited = `${seconds} ${rest} ${year}-${year + yearsAhead}`;
  return cronOf({ cron: limited, timezone }, '7-part').nextRun(from) !== null;
}

function nicknameFaults(found: string): Fault[] {
  if (nicknames.includes(found.toLowerCase())) return [];
  const allowed = `${nicknames.join(', ')}, or 5 or 6 fields`;
  return [fault(`${JSON.stringify(found)} is not allowed; allowed: ${allowed}`, found)];
}

/** It is looked at alone, so that each wrong one is told. */
function isField(part: string, index: number): boolean {
  const alone = Array.from({ length: 6 }, (_, other) => (other === index ? part : '*')).join(' ');
  try {
    // A text with a colon would be read as a date.
    return !part.includes(':') && cronOf({ cron: alone, timezone: 'UTC' }).getPattern() !== undefined;
  } catch {
    return false;
  }
}

function partsOf(cron: string): string[] {
  return cron.split(/\s+/).filter((part) => part !== '');
}

function fault(message: string, found?: string): Fault {
  return { path: 'cron', message, ...(found !== undefined && { found }) };
}
