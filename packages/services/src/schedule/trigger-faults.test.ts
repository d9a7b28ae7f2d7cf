import type { Trigger } from '@runnel/contracts';
import { momentAfter } from './moments';
import { triggerFaults } from './trigger-faults';

const now = new Date('2026-11-22T09:00:00Z');
const daily: Trigger = {
  ...{ type: 'recurring', cron: '0 3 * * *', timezone: 'Europe/Berlin' },
  ...{ runAt: null, startAt: null, endAt: null },
};
const once: Trigger = { ...daily, type: 'one_time', cron: null, runAt: new Date('2026-12-01T00:00:00Z') };
const told = (trigger: Trigger) =>
  triggerFaults(trigger, now).map(({ path, message }) => `${path}: ${message}`);
const toldOf = (cron: string, timezone = 'Europe/Berlin') => told({ ...daily, cron, timezone });

test.each([
  ...[
    '* * * * *',
    '*/5 * * * * *',
    '  0\t3 * *  1-5 ',
    '0 3 * jan-MAR,12 sun',
    '@daily',
    '@Hourly',
    '0 0 29 2 *',
  ],
  ...['0 0 29 2 +MON', '0 0 L * *', '0 0 LW * *', '0 0 15W * *', '0 0 * * 1#5', '0 0 * * FRI#L', '? 3 ? * ?'],
  ...['0 2 28 3 *', '*/30 2 * 3 *', '10-40/10 0 0 * * 0-7', '* * 2 29 2,3 +SUN'],
])('the pattern %s is right, and has a moment', (cron) => {
  expect(toldOf(cron)).toEqual([]);
  expect(momentAfter({ ...daily, cron }, now)).not.toBeNull();
});

test('each field that is wrong is told with what it may be', () => {
  const numbers = 'lists (1,2), ranges (1-5), steps (*/2, 1-5/2) and *';
  expect(toldOf('60 24 * * *')).toEqual([
    `cron: the minute "60" is not allowed; allowed: 0-59, ${numbers}`,
    `cron: the hour "24" is not allowed; allowed: 0-23, ${numbers}`,
  ]);
  expect(toldOf('*/0 0 0 0 13 8')).toEqual([
    `cron: the second "*/0" is not allowed; allowed: 0-59, ${numbers}`,
    `cron: the day of the month "0" is not allowed; allowed: 1-31, ${numbers}, L (the last), 15W and LW (the nearest working day)`,
    `cron: the month "13" is not allowed; allowed: 1-12 or JAN-DEC, ${numbers}`,
    `cron: the day of the week "8" is not allowed; allowed: 0-7 (0 and 7: Sunday) or SUN-SAT, ${numbers}, FRI#2 (the second), FRI#L (the last), +FRI (only if the day of the month fits too)`,
  ]);
  expect(triggerFaults({ ...daily, cron: '5/15 * * * *' }, now)[0]?.found).toBe('5/15');
});

test.each([
  ...[
    'H * * * *',
    '5-1 * * * *',
    '1,,2 * * * *',
    '*/61 * * * *',
    '-1 * * * *',
    '0 22-2 * * *',
    '0 0 L-3 * *',
  ],
  ...['0 0 * * 1#6', '0 0 * * 1+5', '1:2 * * * *', '0 0 * * 1:2', '０ * * * *', '1.5 * * * *', '1e1 * * * *'],
])('the pattern %s is refused for a field', (cron) => {
  expect(toldOf(cron)).toEqual([expect.stringMatching(/^cron: the .+ is not allowed; allowed: /)]);
});

test.each([
  ['', 0],
  ['* * * *', 4],
  ['0 0 0 1 1 * 2030', 7],
  ['2027-01-01T00:00:00', 1],
  ['@every 5m', 2],
])('%j has not as many fields as a pattern has', (cron, count) => {
  expect(toldOf(cron)).toEqual([
    `cron: must have 5 fields (minute, hour, day of the month, month, day of the week), or 6 with the second first; it has ${count}`,
  ]);
});

test('other names than those of patterns, and endless patterns, are refused', () => {
  expect(toldOf('@reboot')).toEqual([
    'cron: "@reboot" is not allowed; allowed: @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly, or 5 or 6 fields',
  ]);
  expect(toldOf(`${'1,'.repeat(100)}1 * * * *`)).toEqual(['cron: must have at most 200 characters']);
});

test.each([
  ['0 0 30 2 *', 'Europe/Berlin'],
  ['0 0 31 2,4,6,9,11 *', 'Europe/Berlin'],
  ['0 0 31W 4 *', 'UTC'],
  ['0 0 31 2 +MON', 'UTC'],
  // The last Sunday of March has no such hour, in any year.
  ['*/30 2 * 3 SUN#L', 'Europe/Berlin'],
  ['* * 2 * 3 SUN#L', 'Europe/Berlin'],
  ['*/10 30 2 * 3 SUN#L', 'Europe/Berlin'],
  ['0-59 0-59 23 24-30 3 +SAT', 'America/Nuuk'],
])('%s never comes in %s, and that is found out with few looks', (cron, timezone) => {
  const looks = jest.spyOn(Intl.DateTimeFormat.prototype, 'formatToParts');
  const told = toldOf(cron, timezone);
  const count = looks.mock.calls.length;
  looks.mockRestore();
  expect(told).toEqual([`cron: "${cron}" names a time that never comes in ${timezone}`]);
  // So often a time was read by the clocks of the zone: millions, if each second of each gap were looked at.
  expect(count).toBeLessThan(100_000);
});

test('a named time in such a gap comes at its end', () => {
  expect(toldOf('30 2 * 3 SUN#L')).toEqual([]);
  expect(toldOf('0-59 30 2 * 3 SUN#L')).toEqual([]);
});

test.each([
  'UTC',
  'europe/berlin',
  'Etc/GMT+2',
  'US/Eastern',
  'Asia/Calcutta',
  'America/Argentina/Buenos_Aires',
])('the zone %s is known', (timezone) => {
  expect(toldOf('0 3 * * *', timezone)).toEqual([]);
});

test.each(['', ' ', '+02:00', '-05', 'GMT+2', 'Z', 'undefined', 'Europe/Berlin ', 'Factory', 'Nope/Zone'])(
  'the zone %j is refused',
  (timezone) => {
    const message = `must be an IANA time zone such as "Europe/Berlin" or "UTC", not ${JSON.stringify(timezone)}`;
    expect(toldOf('0 3 * * *', timezone)).toEqual([`timezone: ${message}`]);
  },
);

test('the zone that was meant is told', () => {
  expect(triggerFaults({ ...daily, timezone: 'Europe/Berln' }, now)).toMatchObject([
    { path: 'timezone', didYouMean: 'Europe/Berlin' },
  ]);
});

test('a wrong pattern and a wrong zone are told together', () => {
  expect(
    told({ ...daily, cron: '61 * * * *', timezone: 'Mars' }).map((fault) => fault.split(':')[0]),
  ).toEqual(['cron', 'timezone']);
});

test('a trigger has what its type needs, and no more', () => {
  expect(told(once)).toEqual([]);
  expect(told({ ...daily, cron: null })).toEqual(['cron: is missing: a recurring schedule has a pattern']);
  expect(told({ ...daily, runAt: once.runAt })).toEqual([
    'runAt: is of one_time schedules only; leave it out',
  ]);
  expect(told({ ...once, runAt: null })).toEqual(['runAt: is missing: a one_time schedule has a time']);
  expect(told({ ...once, cron: '* * * * *' })).toEqual([
    'cron: is of recurring schedules only; leave it out',
  ]);
});

test('what is over is refused', () => {
  const message = 'must be in the future; it is 2026-11-22T09:00:00.000Z now';
  expect(told({ ...once, runAt: now })).toEqual([`runAt: ${message}`]);
  expect(told({ ...daily, endAt: now })).toEqual([`endAt: ${message}`]);
  expect(told({ ...daily, startAt: new Date(0) })).toEqual([]);
});

test('an end before the start, and a span without a moment, are refused', () => {
  const startAt = new Date('2026-12-01T03:00:00Z');
  expect(told({ ...daily, startAt, endAt: new Date('2026-11-30T00:00:00Z') })).toEqual([
    'endAt: must not be before startAt, which is 2026-12-01T03:00:00.000Z',
  ]);
  expect(told({ ...daily, startAt, endAt: new Date('2026-12-02T01:59:59Z') })).toEqual([
    'endAt: leaves no moment: none comes from startAt 2026-12-01T03:00:00.000Z up to endAt 2026-12-02T01:59:59.000Z',
  ]);
  expect(told({ ...daily, endAt: new Date('2026-11-22T10:00:00Z') })).toEqual([
    'endAt: leaves no moment: none comes up to endAt 2026-11-22T10:00:00.000Z',
  ]);
  expect(told({ ...daily, startAt, endAt: new Date('2026-12-02T02:00:00Z') })).toEqual([]);
  expect(told({ ...once, startAt: new Date('2026-12-02T00:00:00Z') })).toEqual([
    'runAt: leaves no moment: none comes from startAt 2026-12-02T00:00:00.000Z',
  ]);
  expect(told({ ...daily, startAt: new Date('9999-12-31T00:00:00Z') })).toEqual([
    'startAt: leaves no moment: none comes from startAt 9999-12-31T00:00:00.000Z',
  ]);
});
