import type { Trigger } from '@runnel/contracts';
import { previewMoments } from './preview-moments';

const always = { type: 'recurring', runAt: null, startAt: null, endAt: null } as const;

function preview(cron: string, timezone: string, [from, count]: [from: string, count: number]): string[] {
  return previewMoments({ ...always, cron, timezone }, { from: new Date(from), count }).map(
    ({ local, isDaylightSaving, shift }) =>
      [local, isDaylightSaving ? 'summer' : 'winter', ...(shift ? [shift] : [])].join(' '),
  );
}

test('a time that a day does not have is moved, and the rest of it is told by the clock of the zone', () => {
  expect(preview('30 2 * * *', 'Europe/Berlin', ['2026-03-28T00:00Z', 3])).toEqual([
    '2026-03-28T02:30:00+01:00 winter',
    '2026-03-29T03:00:00+02:00 summer moved',
    '2026-03-30T02:30:00+02:00 summer',
  ]);
  expect(preview('15 2 * * *', 'Australia/Lord_Howe', ['2026-10-03T00:00Z', 2])).toEqual([
    '2026-10-04T02:30:00+11:00 summer moved',
    '2026-10-05T02:15:00+11:00 summer',
  ]);
});

test('of a time that a day has twice it is told which one it is', () => {
  expect(preview('30 1-2 * * *', 'America/New_York', ['2026-11-01T04:00Z', 3])).toEqual([
    '2026-11-01T01:30:00-04:00 summer first_of_two',
    '2026-11-01T02:30:00-05:00 winter',
    '2026-11-02T01:30:00-05:00 winter',
  ]);
  expect(preview('*/30 1 * * *', 'Australia/Lord_Howe', ['2026-04-04T13:00Z', 4])).toEqual([
    '2026-04-05T01:00:00+11:00 summer',
    '2026-04-05T01:30:00+11:00 summer first_of_two',
    '2026-04-05T01:30:00+10:30 winter second_of_two',
    '2026-04-06T01:00:00+10:30 winter',
  ]);
  expect(preview('0 * * * *', 'Europe/Berlin', ['2026-10-24T23:00Z', 4])).toEqual([
    '2026-10-25T01:00:00+02:00 summer',
    '2026-10-25T02:00:00+02:00 summer first_of_two',
    '2026-10-25T02:00:00+01:00 winter second_of_two',
    '2026-10-25T03:00:00+01:00 winter',
  ]);
});

test('zones without a change, and those in which the clocks go back in the month of fasting, have no summer', () => {
  expect(preview('0 9 * * *', 'Asia/Kolkata', ['2026-07-01T00:00Z', 1])).toEqual([
    '2026-07-01T09:00:00+05:30 winter',
  ]);
  expect(preview('0 9 * * *', 'UTC', ['2026-07-01T00:00Z', 1])).toEqual(['2026-07-01T09:00:00+00:00 winter']);
  expect(preview('0 9 14,16 2 *', 'Africa/Casablanca', ['2026-02-01T00:00Z', 2])).toEqual([
    '2026-02-14T09:00:00+01:00 winter',
    '2026-02-16T09:00:00+00:00 winter',
  ]);
});

test('it begins with the time that is asked for, and ends where the trigger does', () => {
  const trigger: Trigger = {
    ...always,
    ...{ cron: '0 0 1 * *', timezone: 'UTC', endAt: new Date('2026-03-01T00:00Z') },
  };
  const moments = previewMoments(trigger, { from: new Date('2026-02-01T00:00Z'), count: 10 });
  expect(moments.map(({ moment }) => moment.toISOString())).toEqual([
    '2026-02-01T00:00:00.000Z',
    '2026-03-01T00:00:00.000Z',
  ]);
});

test('the moment of a one-time trigger is told in its zone', () => {
  const runAt = new Date('2026-10-25T01:30:00.250Z');
  const trigger: Trigger = { ...always, type: 'one_time', cron: null, timezone: 'Europe/Berlin', runAt };
  expect(previewMoments(trigger, { from: new Date(0), count: 5 })).toEqual([
    {
      moment: runAt,
      local: '2026-10-25T02:30:00+01:00',
      offset: '+01:00',
      isDaylightSaving: false,
      shift: 'second_of_two',
    },
  ]);
});
