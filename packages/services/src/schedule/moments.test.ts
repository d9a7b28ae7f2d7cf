import type { Trigger } from '@runnel/contracts';
import fc from 'fast-check';
import { momentAfter, momentsBetween } from './moments';

const always = { type: 'recurring', runAt: null, startAt: null, endAt: null } as const;
const once: Trigger = {
  ...{ type: 'one_time', cron: null, timezone: 'Europe/Berlin', startAt: null, endAt: null },
  runAt: new Date('2026-03-29T00:30:00.250Z'),
};
const justBefore = (time: string) => new Date(Date.parse(time) - 1);

/** Local times of all moments of some hours, with their offsets. */
function comesAt(cron: string, timezone: string, [from, until]: readonly [string, string]): string {
  const span = { after: justBefore(from), until: new Date(until), most: 1_000 };
  const clock = new Intl.DateTimeFormat('en-GB', {
    ...{
      timeZone: timezone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'longOffset',
    },
  });
  const moments = momentsBetween({ ...always, cron, timezone }, span);
  return moments.map((moment) => clock.format(moment).replace(' GMT', '')).join(' ');
}

const withoutSpaces = (text: string) => text.trim().replace(/\s+/g, ' ');

interface Night {
  timezone: string;
  change: string;
  span: readonly [from: string, until: string];
  /** The moments from midnight to five, by pattern. */
  table: Record<string, string>;
}

const midnightToFive: Night[] = [
  {
    timezone: 'Europe/Berlin',
    change: 'goes from 02:00 to 03:00 on 29 March 2026',
    span: ['2026-03-28T23:00Z', '2026-03-29T03:00Z'],
    table: {
      '30 2 * * *': '03:00+02:00',
      '*/30 1 * * *': '01:00+01:00 01:30+01:00',
      '*/30 2 * * *': '',
      '0 * * * *': '00:00+01:00 01:00+01:00 03:00+02:00 04:00+02:00 05:00+02:00',
      '*/20 * * * *': `00:00+01:00 00:20+01:00 00:40+01:00 01:00+01:00 01:20+01:00 01:40+01:00
        03:00+02:00 03:20+02:00 03:40+02:00 04:00+02:00 04:20+02:00 04:40+02:00 05:00+02:00`,
    },
  },
  {
    timezone: 'Europe/Berlin',
    change: 'goes back from 03:00 to 02:00 on 25 October 2026',
    span: ['2026-10-24T22:00Z', '2026-10-25T04:00Z'],
    table: {
      '30 2 * * *': '02:30+02:00',
      '*/30 1 * * *': '01:00+02:00 01:30+02:00',
      '*/30 2 * * *': '02:00+02:00 02:30+02:00 02:00+01:00 02:30+01:00',
      '0 * * * *': '00:00+02:00 01:00+02:00 02:00+02:00 02:00+01:00 03:00+01:00 04:00+01:00 05:00+01:00',
      '*/20 * * * *': `00:00+02:00 00:20+02:00 00:40+02:00 01:00+02:00 01:20+02:00 01:40+02:00
        02:00+02:00 02:20+02:00 02:40+02:00 02:00+01:00 02:20+01:00 02:40+01:00
        03:00+01:00 03:20+01:00 03:40+01:00 04:00+01:00 04:20+01:00 04:40+01:00 05:00+01:00`,
    },
  },
  {
    timezone: 'America/New_York',
    change: 'goes from 02:00 to 03:00 on 8 March 2026',
    span: ['2026-03-08T05:00Z', '2026-03-08T09:00Z'],
    table: {
      '30 2 * * *': '03:00-04:00',
      '*/30 1 * * *': '01:00-05:00 01:30-05:00',
      '*/30 2 * * *': '',
      '0 * * * *': '00:00-05:00 01:00-05:00 03:00-04:00 04:00-04:00 05:00-04:00',
      '*/20 * * * *': `00:00-05:00 00:20-05:00 00:40-05:00 01:00-05:00 01:20-05:00 01:40-05:00
        03:00-04:00 03:20-04:00 03:40-04:00 04:00-04:00 04:20-04:00 04:40-04:00 05:00-04:00`,
    },
  },
  {
    timezone: 'America/New_York',
    change: 'goes back from 02:00 to 01:00 on 1 November 2026',
    span: ['2026-11-01T04:00Z', '2026-11-01T10:00Z'],
    table: {
      '30 2 * * *': '02:30-05:00',
      '30 1 * * *': '01:30-04:00',
      '*/30 1 * * *': '01:00-04:00 01:30-04:00 01:00-05:00 01:30-05:00',
      '0 * * * *': '00:00-04:00 01:00-04:00 01:00-05:00 02:00-05:00 03:00-05:00 04:00-05:00 05:00-05:00',
      '*/20 * * * *': `00:00-04:00 00:20-04:00 00:40-04:00 01:00-04:00 01:20-04:00 01:40-04:00
        01:00-05:00 01:20-05:00 01:40-05:00 02:00-05:00 02:20-05:00 02:40-05:00
        03:00-05:00 03:20-05:00 03:40-05:00 04:00-05:00 04:20-05:00 04:40-05:00 05:00-05:00`,
    },
  },
  {
    timezone: 'Australia/Lord_Howe',
    change: 'goes back from 02:00 to 01:30 on 5 April 2026',
    span: ['2026-04-04T13:00Z', '2026-04-04T18:30Z'],
    table: {
      '30 2 * * *': '02:30+10:30',
      '45 1 * * *': '01:45+11:00',
      '*/30 1 * * *': '01:00+11:00 01:30+11:00 01:30+10:30',
      '0 * * * *': '00:00+11:00 01:00+11:00 02:00+10:30 03:00+10:30 04:00+10:30 05:00+10:30',
      '*/20 * * * *': `00:00+11:00 00:20+11:00 00:40+11:00 01:00+11:00 01:20+11:00 01:40+11:00 01:40+10:30
        02:00+10:30 02:20+10:30 02:40+10:30 03:00+10:30 03:20+10:30 03:40+10:30
        04:00+10:30 04:20+10:30 04:40+10:30 05:00+10:30`,
    },
  },
  {
    timezone: 'Australia/Lord_Howe',
    change: 'goes from 02:00 to 02:30 on 4 October 2026',
    span: ['2026-10-03T13:30Z', '2026-10-03T18:00Z'],
    table: {
      '30 2 * * *': '02:30+11:00',
      '15 2 * * *': '02:30+11:00',
      '*/30 1 * * *': '01:00+10:30 01:30+10:30',
      '*/30 2 * * *': '02:30+11:00',
      '0 * * * *': '00:00+10:30 01:00+10:30 03:00+11:00 04:00+11:00 05:00+11:00',
      '*/20 * * * *': `00:00+10:30 00:20+10:30 00:40+10:30 01:00+10:30 01:20+10:30 01:40+10:30 02:40+11:00
        03:00+11:00 03:20+11:00 03:40+11:00 04:00+11:00 04:20+11:00 04:40+11:00 05:00+11:00`,
    },
  },
  ...(['2026-03-28T18:30Z', '2026-10-24T18:30Z'] as const).map((from) => ({
    timezone: 'Asia/Kolkata',
    change: `does nothing in the night after ${from}`,
    span: [from, from.replace('18:30', '23:30')] as const,
    table: {
      '30 2 * * *': '02:30+05:30',
      '*/30 1 * * *': '01:00+05:30 01:30+05:30',
      '0 * * * *': '00:00+05:30 01:00+05:30 02:00+05:30 03:00+05:30 04:00+05:30 05:00+05:30',
      '*/20 * * * *': `00:00+05:30 00:20+05:30 00:40+05:30 01:00+05:30 01:20+05:30 01:40+05:30
        02:00+05:30 02:20+05:30 02:40+05:30 03:00+05:30 03:20+05:30 03:40+05:30
        04:00+05:30 04:20+05:30 04:40+05:30 05:00+05:30`,
    },
  })),
];

describe.each(midnightToFive)('$timezone, which $change', ({ timezone, span, table }) => {
  test.each(Object.entries(table))('%s from midnight to five', (cron, expected) => {
    expect(comesAt(cron, timezone, span)).toBe(withoutSpaces(expected));
  });
});

test.each([
  ['Europe/Berlin', '2026-03-29', '03:00+02:00 14:30+02:00'],
  ['Europe/Berlin', '2026-10-25', '02:30+02:00 14:30+01:00'],
  ['America/New_York', '2026-03-08', '03:00-04:00 14:30-04:00'],
  ['America/New_York', '2026-11-01', '02:30-05:00 14:30-05:00'],
  ['Australia/Lord_Howe', '2026-04-05', '02:30+10:30 14:30+10:30'],
  ['Australia/Lord_Howe', '2026-10-04', '02:30+11:00 14:30+11:00'],
  ['Asia/Kolkata', '2026-03-29', '02:30+05:30 14:30+05:30'],
  ['Asia/Kolkata', '2026-10-25', '02:30+05:30 14:30+05:30'],
])('each of two named times comes once in %s on %s', (timezone, day, expected) => {
  const noon = Date.parse(`${day}T12:00Z`);
  const zoneHours =
    { 'America/New_York': -5, 'Australia/Lord_Howe': 10.5, 'Asia/Kolkata': 5.5 }[timezone] ?? 1;
  const midnight = noon - (12 + zoneHours) * 3_600_000;
  const span = [midnight, midnight + 20 * 3_600_000].map((at) => new Date(at).toISOString());
  expect(comesAt('30 2,14 * * *', timezone, [span[0] ?? '', span[1] ?? ''])).toBe(expected);
});

test.each([
  ['Europe/Berlin', '2027-03-27T12:00Z', '03:00+02:00 02:30+02:00'],
  ['Europe/Berlin', '2027-10-30T12:00Z', '02:30+02:00 02:30+01:00'],
  ['America/New_York', '2027-03-13T12:00Z', '03:00-04:00 02:30-04:00'],
  ['America/New_York', '2027-11-06T12:00Z', '02:30-05:00 02:30-05:00'],
  ['Australia/Lord_Howe', '2027-04-03T06:00Z', '02:30+10:30 02:30+10:30'],
  ['Australia/Lord_Howe', '2027-10-02T06:00Z', '02:30+11:00 02:30+11:00'],
])('a daily time comes on both days that follow in %s from %s', (timezone, from, expected) => {
  const until = new Date(Date.parse(from) + 48 * 3_600_000).toISOString();
  expect(comesAt('30 2 * * *', timezone, [from, until])).toBe(expected);
});

test('named times that fall on one another come once', () => {
  const night = ['2026-03-28T23:00Z', '2026-03-29T03:00Z'] as const;
  expect(comesAt('0,20,40 2 * * *', 'Europe/Berlin', night)).toBe('03:00+02:00');
  expect(comesAt('0 2,3 * * *', 'Europe/Berlin', night)).toBe('03:00+02:00');
});

test('a named time does not come on a day that ends with the gap', () => {
  const days = ['2026-03-27T12:00Z', '2026-03-30T12:00Z'] as const;
  expect(comesAt('30 23 * * *', 'America/Nuuk', days)).toBe('23:30-02:00 23:30-01:00');
});

test.each([
  ['0 0 29 2 *', '2028-02-29T00:00:00.000Z'],
  ['0 0 L * *', '2026-11-30T00:00:00.000Z'],
  ['0 0 LW * *', '2026-11-30T00:00:00.000Z'],
  ['0 9 15W * *', '2026-12-15T09:00:00.000Z'],
  ['0 9 * * FRI#2', '2026-12-11T09:00:00.000Z'],
  ['0 9 * * FRI#L', '2026-11-27T09:00:00.000Z'],
  ['0 9 13 * FRI', '2026-11-27T09:00:00.000Z'],
  ['0 9 13 * +FRI', '2027-08-13T09:00:00.000Z'],
  ['? 8 ? * 7', '2026-11-29T08:00:00.000Z'],
  ['@weekly', '2026-11-29T00:00:00.000Z'],
  ['*/15 30 9 * * *', '2026-11-22T09:30:00.000Z'],
])('%s comes next at %s', (cron, next) => {
  const trigger = { ...always, cron, timezone: 'UTC' };
  expect(momentAfter(trigger, new Date('2026-11-22T09:29:59.999Z'))).toEqual(new Date(next));
});

const zones = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Santiago',
  'Africa/Casablanca',
];
const changes = [
  ...[
    '2026-03-29T01:00Z',
    '2026-10-25T01:00Z',
    '2026-03-08T07:00Z',
    '2026-11-01T06:00Z',
    '2026-04-04T15:00Z',
  ],
  ...[
    '2026-10-03T15:30Z',
    '2026-04-05T03:00Z',
    '2026-09-06T04:00Z',
    '2026-02-15T02:00Z',
    '2026-03-22T02:00Z',
  ],
];
const minuteMs = 60_000;
const nearMs = 150 * minuteMs;
const aNight = fc.constantFrom(...changes).map((change) => {
  const middle = Date.parse(change);
  return { after: new Date(middle - nearMs), until: new Date(middle + nearMs), most: 1_000 };
});
const aField = (most: number) =>
  fc.oneof(
    fc.constantFrom('*', '?', '*/2', '*/20', '10-40/7').filter((field) => most > 40 || !/\d\d/.test(field)),
    fc.uniqueArray(fc.nat(most), { minLength: 1, maxLength: 4 }).map((list) => list.join()),
  );
const aTrigger = fc
  .record({ minute: aField(59), hour: aField(5), timezone: fc.constantFrom(...zones) })
  .map(({ minute, hour, timezone }): Trigger => ({ ...always, cron: `${minute} ${hour} * * *`, timezone }));

test('moments do not depend on when they are asked for', () => {
  fc.assert(
    fc.property(aTrigger, aNight, fc.nat(2 * nearMs), (trigger, night, milliseconds) => {
      const moments = momentsBetween(trigger, night);
      expect(moments).toEqual([...new Set(moments.map(Number))].sort().map((at) => new Date(at)));
      const ask = [
        milliseconds,
        ...moments.flatMap((at) => [-1, 0, 1].map((by) => at.getTime() + by - +night.after)),
      ];
      for (const offset of ask) {
        const from = new Date(night.after.getTime() + offset);
        const next = moments.find((moment) => moment > from);
        const told = momentAfter(trigger, from);
        expect(told && told <= night.until ? told : undefined).toEqual(from < night.until ? next : undefined);
      }
    }),
    { numRuns: 20 },
  );
}, 30_000);

test('a pattern with a step comes at every minute at which the clock shows a time of it, and at no other', () => {
  const clock = (timezone: string) =>
    new Intl.DateTimeFormat('en-GB', {
      timeZone: timezone,
      hour: 'numeric',
      minute: 'numeric',
      hourCycle: 'h23',
    });
  fc.assert(
    fc.property(
      fc.record({
        step: fc.integer({ min: 1, max: 30 }),
        hours: fc.uniqueArray(fc.nat(5), { minLength: 1 }),
      }),
      fc.constantFrom(...zones),
      aNight,
      ({ step, hours }, timezone, { after, until }) => {
        const local = clock(timezone);
        const expected: Date[] = [];
        for (let at = after.getTime() + minuteMs; at <= until.getTime(); at += minuteMs) {
          const [hour = 0, minute = 0] = local.format(at).split(':').map(Number);
          if (hours.includes(hour) && minute % step === 0) expected.push(new Date(at));
        }
        const trigger = { ...always, cron: `*/${step} ${hours.join()} * * *`, timezone };
        expect(momentsBetween(trigger, { after, until, most: 1_000 })).toEqual(expected);
      },
    ),
    { numRuns: 60 },
  );
});

describe('the limits of a trigger', () => {
  const at = (time: string) => new Date(`2026-06-01T${time}Z`);
  const hourly: Trigger = {
    ...always,
    cron: '0 * * * *',
    timezone: 'UTC',
    startAt: at('10:00'),
    endAt: at('12:00'),
  };
  const between = (after: string, until: string, most = 10) =>
    momentsBetween(hourly, { after: at(after), until: at(until), most });

  test('are moments themselves', () => {
    expect(momentAfter(hourly, at('03:10'))).toEqual(at('10:00'));
    expect(momentAfter(hourly, at('11:59'))).toEqual(at('12:00'));
    expect(momentAfter(hourly, at('12:00'))).toBeNull();
    expect(between('00:00', '23:00')).toEqual([at('10:00'), at('11:00'), at('12:00')]);
  });

  test('a span begins behind its start, and ends with its end', () => {
    expect(between('10:00', '11:00')).toEqual([at('11:00')]);
    expect(between('10:00', '10:59')).toEqual([]);
    expect(between('11:00', '10:00')).toEqual([]);
    expect(between('00:00', '23:00', 2)).toEqual([at('10:00'), at('11:00')]);
    expect(between('00:00', '23:00', 0)).toEqual([]);
  });

  test('one that starts between two seconds begins with the next full one', () => {
    const trigger = { ...hourly, cron: '* * * * * *', startAt: at('10:00:00.500') };
    expect(momentAfter(trigger, at('09:00'))).toEqual(at('10:00:01'));
  });

  test('a one-time trigger has its moment, to the millisecond', () => {
    const runAt = once.runAt ?? new Date(0);
    expect(momentAfter(once, new Date(runAt.getTime() - 1))).toEqual(runAt);
    expect(momentAfter(once, runAt)).toBeNull();
    expect(momentsBetween(once, { after: new Date(0), until: runAt, most: 5 })).toEqual([runAt]);
    expect(momentAfter({ ...once, endAt: new Date(runAt.getTime() - 1) }, new Date(0))).toBeNull();
  });

  test('as many as are asked for are looked for, however long the span is', () => {
    const span = { after: at('00:00'), until: new Date('2999-01-01T00:00Z'), most: 100 };
    const looks = jest.spyOn(Intl.DateTimeFormat.prototype, 'formatToParts');
    const found = ['* * * * * *', '0 0 30 2 *'].map((cron) =>
      momentsBetween({ ...always, cron, timezone: 'Europe/Berlin' }, span),
    );
    const count = looks.mock.calls.length;
    looks.mockRestore();
    expect(found.map(({ length }) => length)).toEqual([100, 0]);
    // Some ten for each moment: so often a time was read by the clocks of the zone.
    expect(count).toBeLessThan(2_000);
  });
});
