import type { Fault } from '@runnel/contracts';
import { InvalidInputError } from '@runnel/services';
import { cronField } from './cron-field';
import { weekdays, type ScheduleUnit, type ScheduleWords } from './schedule-words';

/** The cron pattern that names just these moments. @throws InvalidInputError where there is none. */
export function cronOf(words: ScheduleWords): string {
  const found = cronOrFault(words);
  if (typeof found === 'string') return found;
  throw new InvalidInputError('The schedule is not right', [found]);
}

/** The same, or what is wrong with the words. */
export function cronOrFault(words: ScheduleWords): string | Fault {
  return makers[words.runEveryUnit](words);
}

export const minutesInDay = 1_440;

const makers: Record<ScheduleUnit, (words: ScheduleWords) => string | Fault> = {
  MINUTES: (words) => cronInDay(words, 1),
  HOURS: (words) => cronInDay(words, 60),
  DAYS: (words) =>
    words.runEvery === 1
      ? `${timeOf(words)} * * *`
      : notEvery(words, [1], 'months have no fixed count of days'),
  WEEKS: (words) =>
    words.runEvery === 1
      ? `${timeOf(words)} * * ${weekdays.indexOf(words.startFrom ?? 'SUNDAY')}`
      : notEvery(words, [1], 'months have no fixed count of weeks'),
  MONTHS: cronOfMonths,
};

/** Maxun's minutes and hours: from one time of each day to another, which may be of the next day. */
function cronInDay(words: ScheduleWords, unit: number): string | Fault {
  const step = words.runEvery * unit;
  const start = minuteOfDay(words.atTimeStart);
  const length = lengthOf(start, minuteOfDay(words.atTimeEnd));
  if (length === minutesInDay && minutesInDay % step !== 0) {
    return notEvery(words, partsOf(unit === 60 ? 24 : 60), 'it would come at other times each day');
  }
  const count = Math.ceil(length / step);
  const moments = Array.from({ length: count }, (_, n) => (start + n * step) % minutesInDay);
  const minutes = ascending(moments.map((moment) => moment % 60));
  const hours = ascending(moments.map((moment) => Math.floor(moment / 60)));
  if (minutes.length * hours.length !== count) return notInWindow(words, step);
  // Not as the same time of every day is written: so it is known for hours again.
  const hour = count === 1 ? `${hours[0]}-${hours[0]}` : cronField(hours, 24);
  return `${cronField(minutes, 60)} ${hour} * * *`;
}

/** Minutes from one time of day to another. At its own time a day is over. */
function lengthOf(start: number, end: number): number {
  const until = end % 60 === 59 ? end + 1 : end;
  return ((until - start + minutesInDay - 1) % minutesInDay) + 1;
}

const shortestOfMonths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function cronOfMonths(words: ScheduleWords): string | Fault {
  const { runEvery: step } = words;
  const day = words.dayOfMonth ?? 1;
  if (12 % step !== 0) return notEvery(words, partsOf(12), 'it would come in other months each year');
  const last = Math.min(...shortestOfMonths.filter((_, month) => month % step === 0));
  if (day > last) {
    const message = `must be from 1 to ${last}: not all of these months have a day ${day}`;
    return { path: 'dayOfMonth', message, found: day };
  }
  const months = step === 12 ? '1' : step === 1 ? '*' : `*/${step}`;
  return `${timeOf(words)} ${day} ${months} *`;
}

/** What of the words makes hours differ from each other. */
function notInWindow(words: ScheduleWords, step: number): Fault {
  if (60 % step !== 0) return notEvery(words, partsOf(60), 'hours would differ from each other');
  const isLate = minuteOfDay(words.atTimeStart) % 60 >= step;
  const [path, message] = isLate
    ? (['atTimeStart', `must be in the first ${step} minutes of an hour, or hours would differ`] as const)
    : (['atTimeEnd', 'must be a whole hour, as 17:00 or 16:59, or hours would differ'] as const);
  return { path, message, found: words[path] };
}

function notEvery({ runEvery, runEveryUnit }: ScheduleWords, allowed: number[], reason: string): Fault {
  const message = `is not possible in ${runEveryUnit}: ${reason}; allowed: ${allowed.join(', ')}`;
  return { path: 'runEvery', message, found: runEvery, allowed: allowed.map(String) };
}

function partsOf(whole: number): number[] {
  return Array.from({ length: whole }, (_, n) => n + 1).filter((part) => whole % part === 0);
}

/** Minute and hour, as a pattern begins. */
function timeOf({ atTimeStart }: ScheduleWords): string {
  const minute = minuteOfDay(atTimeStart);
  return `${minute % 60} ${Math.floor(minute / 60)}`;
}

function minuteOfDay(time: string | null): number {
  const [hour = 0, minute = 0] = (time ?? '00:00').split(':').map(Number);
  return hour * 60 + minute;
}

function ascending(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}
