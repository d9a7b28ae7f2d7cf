import fc from 'fast-check';
import { cronOf, cronOrFault } from './cron-of';
import { scheduleUnits, weekdays, type ScheduleWords } from './schedule-words';
import { wordsOf } from './words-of';

const time = fc
  .tuple(fc.nat(23), fc.oneof(fc.nat(59), fc.constantFrom(0, 30, 59)))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
const anyWords: fc.Arbitrary<ScheduleWords> = fc.record({
  runEvery: fc.oneof(fc.integer({ min: 1, max: 1_500 }), fc.constantFrom(1, 2, 5, 6, 10, 12, 15, 30)),
  runEveryUnit: fc.constantFrom(...scheduleUnits),
  startFrom: fc.option(fc.constantFrom(...weekdays)),
  dayOfMonth: fc.option(fc.integer({ min: 1, max: 31 })),
  atTimeStart: fc.option(time),
  atTimeEnd: fc.option(time),
});

/** True for a number that a field of a pattern names, read in another way than the code does. */
function names(field: string, number: number): boolean {
  return field.split(',').some((part) => {
    const [range = '', step = '1'] = part.split('/');
    const [from, to] = range === '*' ? [0, 99] : range.split('-').map(Number);
    return number >= from! && number <= (to ?? from!) && (number - from!) % Number(step) === 0;
  });
}

function minuteOf(clock: string | null): number {
  const [hour = 0, minute = 0] = (clock ?? '00:00').split(':').map(Number);
  return hour * 60 + minute;
}

/** The minutes of a day, from midnight, at which words of minutes or hours run. */
function timesOf({ runEvery, runEveryUnit, atTimeStart, atTimeEnd }: ScheduleWords): number[] {
  const step = runEveryUnit === 'HOURS' ? runEvery * 60 : runEvery;
  const [start, end] = [minuteOf(atTimeStart), minuteOf(atTimeEnd)];
  const until = end % 60 === 59 ? end + 1 : end;
  const times: number[] = [];
  for (let at = start; at < (until <= start ? until + 1_440 : until); at += step) times.push(at % 1_440);
  return times.sort((a, b) => a - b);
}

test('words that make a pattern are found in it again, or others that make the same', () => {
  fc.assert(
    fc.property(anyWords, (words) => {
      const cron = cronOrFault(words);
      fc.pre(typeof cron === 'string');
      const found = wordsOf(cron);
      expect(found).not.toBeNull();
      expect(cronOf(found!)).toBe(cron);
      expect(wordsOf(cronOf(found!))).toEqual(found);
    }),
    { numRuns: 500 },
  );
});

test('a pattern names the times that its words mean and no other', () => {
  fc.assert(
    fc.property(anyWords, (words) => {
      fc.pre(['MINUTES', 'HOURS'].includes(words.runEveryUnit));
      const cron = cronOrFault(words);
      fc.pre(typeof cron === 'string');
      const [minutes = '', hours = '', ...rest] = cron.split(' ');
      const named = Array.from({ length: 1_440 }, (_, n) => n).filter(
        (n) => names(minutes, n % 60) && names(hours, Math.floor(n / 60)),
      );
      expect(rest).toEqual(['*', '*', '*']);
      expect(named).toEqual(timesOf(words));
    }),
    { numRuns: 300 },
  );
});

test.each<[string, string, ...string[]]>([
  ['*/15 9-16 * * *', '15 MINUTES', '09:00', '17:00'],
  ['5-59/15 9-16 * * *', '15 MINUTES', '09:05', '17:00'],
  ['* * * * *', '1 MINUTES', '00:00', '23:59'],
  ['0 * * * *', '1 HOURS', '00:00', '23:59'],
  ['30 9-16 * * *', '1 HOURS', '09:30', '17:00'],
  ['0 0-0 * * *', '1 HOURS', '00:00', '01:00'],
  ['0 0-5,22-23 * * *', '1 HOURS', '22:00', '06:00'],
  ['0 9,14,19 * * *', '5 HOURS', '09:00', '20:00'],
  ['0 0,5,10,15,20 * * *', '5 HOURS', '00:00', '21:00'],
])('%s is every %s from %s to %s', (cron, every, ...[atTimeStart, atTimeEnd]) => {
  const [runEvery, runEveryUnit] = every.split(' ');
  const days = { startFrom: null, dayOfMonth: null };
  const words = { runEvery: Number(runEvery), runEveryUnit, ...days, atTimeStart, atTimeEnd };
  expect(wordsOf(cron)).toEqual(words);
});

test.each([
  ['0 0 * * *', { runEvery: 1, runEveryUnit: 'DAYS', atTimeStart: '00:00' }],
  ['30 8 * * 1', { runEvery: 1, runEveryUnit: 'WEEKS', startFrom: 'MONDAY', atTimeStart: '08:30' }],
  ['30 8 28 * *', { runEvery: 1, runEveryUnit: 'MONTHS', dayOfMonth: 28, atTimeStart: '08:30' }],
  ['0 0 1 */3 *', { runEvery: 3, runEveryUnit: 'MONTHS', dayOfMonth: 1 }],
  ['0 0 31 1 *', { runEvery: 12, runEveryUnit: 'MONTHS', dayOfMonth: 31 }],
])('%s is said in words', (cron, words) => expect(wordsOf(cron)).toMatchObject(words));

test.each([
  '0 0 * * 7',
  '0 0 * * 1-5',
  '0 0 */2 * *',
  '0 0 1 1,2 *',
  '0 0 31 * *',
  '0 0 L * *',
  '0 25 * * *',
  '0,10,30 * * * *',
  '*/45 * * * *',
  '*/0 * * * *',
  '00 8 * * *',
  '0 0 0 * * *',
  '0 0  * * *',
  '@daily',
  'x * * * *',
  '',
])('%s is of other words', (cron) => expect(wordsOf(cron)).toBeNull());

test('any text is of words or is not', () => {
  const field = fc.stringMatching(/^[0-9*/,-]{1,6}$/);
  const pattern = fc.array(field, { minLength: 4, maxLength: 6 }).map((fields) => fields.join(' '));
  fc.assert(
    fc.property(fc.oneof(pattern, fc.string()), (cron) => {
      const words = wordsOf(cron);
      expect(words === null || cronOf(words) === cron).toBe(true);
    }),
  );
});
