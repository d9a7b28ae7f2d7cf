import { InvalidInputError } from '@runnel/services';
import { cronOf } from './cron-of';
import type { ScheduleUnit, ScheduleWords } from './schedule-words';

/** As Maxun's own page sends them before anybody changes them. */
const usual = { startFrom: 'MONDAY', dayOfMonth: 1, atTimeStart: '00:00', atTimeEnd: '01:00' } as const;

function wordsOf(every: string, parts: Partial<ScheduleWords> = {}): ScheduleWords {
  const [runEvery, runEveryUnit] = every.split(' ') as [string, ScheduleUnit];
  return { runEvery: Number(runEvery), runEveryUnit, ...usual, ...parts };
}

test.each<[string, Partial<ScheduleWords>, string]>([
  ['1 MINUTES', {}, '* 0 * * *'],
  ['1 HOURS', {}, '0 0-0 * * *'],
  ['1 DAYS', {}, '0 0 * * *'],
  ['1 WEEKS', {}, '0 0 * * 1'],
  ['1 MONTHS', {}, '0 0 1 * *'],
  ['15 MINUTES', { atTimeStart: '09:00', atTimeEnd: '17:00' }, '*/15 9-16 * * *'],
  ['15 MINUTES', { atTimeStart: '09:00', atTimeEnd: '16:59' }, '*/15 9-16 * * *'],
  ['15 MINUTES', { atTimeStart: '09:05', atTimeEnd: '17:00' }, '5-59/15 9-16 * * *'],
  ['15 MINUTES', { atTimeStart: '22:00', atTimeEnd: '06:00' }, '*/15 0-5,22-23 * * *'],
  ['45 MINUTES', { atTimeStart: '09:00', atTimeEnd: '10:00' }, '0,45 9 * * *'],
  ['5 MINUTES', { atTimeStart: null, atTimeEnd: null }, '*/5 * * * *'],
  ['5 MINUTES', { atTimeStart: '00:00', atTimeEnd: '23:59' }, '*/5 * * * *'],
  ['120 MINUTES', { atTimeEnd: '00:00' }, '0 */2 * * *'],
  ['6 HOURS', { atTimeStart: '00:20', atTimeEnd: '00:20' }, '20 */6 * * *'],
  ['5 HOURS', { atTimeStart: '09:00', atTimeEnd: '20:00' }, '0 9,14,19 * * *'],
  ['1 HOURS', { atTimeStart: '09:30', atTimeEnd: '17:45' }, '30 9-17 * * *'],
  ['1 DAYS', { atTimeStart: '08:30', atTimeEnd: null }, '30 8 * * *'],
  ['1 WEEKS', { startFrom: null, atTimeStart: '23:59' }, '59 23 * * 0'],
  ['3 MONTHS', { dayOfMonth: 30 }, '0 0 30 */3 *'],
  ['12 MONTHS', { dayOfMonth: 31 }, '0 0 31 1 *'],
])('every %s %j is %s', (every, parts, cron) => expect(cronOf(wordsOf(every, parts))).toBe(cron));

const [allDay, atWork] = [{ atTimeEnd: '23:59' }, { atTimeStart: '09:00', atTimeEnd: '17:00' }] as const;

test.each<[string, Partial<ScheduleWords>, string]>([
  ['45 MINUTES', allDay, 'runEvery'],
  ['45 MINUTES', atWork, 'runEvery'],
  ['7 MINUTES', allDay, 'runEvery'],
  ['90 MINUTES', allDay, 'runEvery'],
  ['5 HOURS', allDay, 'runEvery'],
  ['48 HOURS', allDay, 'runEvery'],
  ['2 DAYS', {}, 'runEvery'],
  ['2 WEEKS', {}, 'runEvery'],
  ['5 MONTHS', {}, 'runEvery'],
  ['24 MONTHS', {}, 'runEvery'],
  ['1 MONTHS', { dayOfMonth: 29 }, 'dayOfMonth'],
  ['2 MONTHS', { dayOfMonth: 31 }, 'dayOfMonth'],
  ['15 MINUTES', { ...atWork, atTimeStart: '09:20' }, 'atTimeStart'],
  ['15 MINUTES', { ...atWork, atTimeEnd: '17:30' }, 'atTimeEnd'],
])('every %s %j is refused for %s: no pattern says it', (every, parts, path) => {
  const make = () => cronOf(wordsOf(every, parts));
  expect(make).toThrow(InvalidInputError);
  expect(make).toThrow(
    expect.objectContaining({ faults: [expect.objectContaining({ path, found: expect.anything() })] }),
  );
});
