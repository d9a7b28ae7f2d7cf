import { numbersOf } from './cron-field';
import { cronOrFault, minutesInDay } from './cron-of';
import { weekdays, type ScheduleWords } from './schedule-words';

/** Words that make this very pattern; null for a pattern that no words make. */
export function wordsOf(cron: string): ScheduleWords | null {
  return wordsLike(cron).find((words) => cronOrFault(words) === cron) ?? null;
}

const none = { startFrom: null, dayOfMonth: null, atTimeStart: null, atTimeEnd: null };

/** Words by the form of a pattern. What it means may be another. */
function wordsLike(cron: string): ScheduleWords[] {
  const [, minute = '', hour = '', days = ''] = /^(\S+) (\S+) (.+)$/.exec(cron) ?? [];
  const times = timesOf(minute, hour);
  const [first] = times;
  if (first === undefined) return [];
  if (/^\d+$/.test(minute + hour)) return wordsOfDays(days, asTime(first));
  return days === '* * *' ? wordsInDay(times) : [];
}

function wordsOfDays(days: string, atTimeStart: string): ScheduleWords[] {
  const at = { ...none, atTimeStart };
  if (days === '* * *') return [{ ...at, runEvery: 1, runEveryUnit: 'DAYS' }];
  const [, weekday] = /^\* \* ([0-6])$/.exec(days) ?? [];
  const startFrom = weekdays[Number(weekday)];
  if (startFrom) return [{ ...at, runEvery: 1, runEveryUnit: 'WEEKS', startFrom }];
  const [, day, months] = /^(\d+) (\S+) \*$/.exec(days) ?? [];
  return [{ ...at, runEvery: stepOf(months), runEveryUnit: 'MONTHS', dayOfMonth: Number(day) }];
}

/** Minutes from midnight. */
function timesOf(minute: string, hour: string): number[] {
  const minutes = numbersOf(minute, 60) ?? [];
  return (numbersOf(hour, 24) ?? []).flatMap((each) => minutes.map((past) => each * 60 + past));
}

/** Of months: the first of them alone comes once a year. */
function stepOf(months = ''): number {
  if (months === '1') return 12;
  return months === '*' ? 1 : Number(months.slice(2));
}

/** They begin each day after the pause that differs from the others. */
function wordsInDay(times: readonly number[]): ScheduleWords[] {
  const pauses = times.map((time, n) => time - (times[n - 1] ?? (times.at(-1) ?? 0) - minutesInDay));
  return [Math.max(...pauses), Math.min(...pauses)].map((pause) => {
    const start = pauses.indexOf(pause);
    return wordsInOrder([...times.slice(start), ...later(times.slice(0, start))]);
  });
}

function wordsInOrder(times: readonly number[]): ScheduleWords {
  const [start = 0, second = start + 60] = times;
  const step = second - start;
  const isHours = step % 60 === 0;
  return {
    ...none,
    runEvery: isHours ? step / 60 : step,
    runEveryUnit: isHours ? 'HOURS' : 'MINUTES',
    atTimeStart: asTime(start),
    atTimeEnd: endAfter(times.at(-1) ?? start, step),
  };
}

function later(times: readonly number[]): number[] {
  return times.map((time) => time + minutesInDay);
}

/** With the hour of the last time, or before the one that would follow it there. */
function endAfter(last: number, step: number): string {
  const end = Math.min(last + step, last - (last % 60) + 60);
  if (end === minutesInDay) return '23:59';
  // Of an hour's last minute the whole hour would be meant.
  return asTime((end % 60 === 59 ? end - 1 : end) % minutesInDay);
}

function asTime(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
}
