import type { Schedule } from '@runnel/contracts';
import { dueMoments } from './due-moments';
import { planFires, type FireFacts, type FirePlan } from './plan-fires';

const at = (time: string): Date => new Date(`2026-11-22T${time}Z`);

/** Every minute, and the moment of 10:00 comes next. */
function aSchedule(parts: Partial<Schedule> = {}): Schedule {
  return {
    id: '01900000-0000-7000-8000-000000000001',
    ...{
      spaceId: 'space',
      robotId: 'robot',
      keyId: null,
      name: 'Each minute',
      type: 'recurring',
      cron: '* * * * *',
    },
    ...{ timezone: 'UTC', runAt: null, startAt: null, endAt: null, maxFires: null, jitterSeconds: 0 },
    ...{ overlapPolicy: 'skip', misfirePolicy: 'fire_once', misfireWindowSeconds: 3_600, catchUpMax: 100 },
    ...{ pauseAfterFailures: null, maxAttempts: null, executionOptions: {} },
    target: { inputs: {}, recordType: null, records: [], fileIds: [], recordFilter: null },
    ...{ pausedAt: null, pausedBy: null, pauseNote: null, failuresSince: at('00:00:00') },
    ...{ nextMoment: at('10:00:00'), dueAt: at('10:00:00'), waiting: 0, fired: 0, revision: 1 },
    ...{
      aheadRunId: null,
      readsFirst: false,
      lastRunId: null,
      lastRunAt: null,
      fileIds: [],
      idempotencyKey: null,
      fingerprint: null,
    },
    ...{ createdAt: at('00:00:00'), updatedAt: at('00:00:00') },
    ...parts,
  };
}

function plan(parts: Partial<Schedule>, facts: Partial<FireFacts>): FirePlan {
  const none = { active: [], waiting: [], hasFailed: false, mostStarts: 50 };
  const schedule = aSchedule(parts);
  const known = { now: at('10:00:00'), ...none, ...facts };
  return planFires(schedule, known, dueMoments(schedule, known.now));
}

const running = { active: [{ id: 'run', status: 'running' as const, kind: 'cron' as const }] };
const minutes = (...all: number[]): Date[] =>
  all.map((minute) => at(`10:${String(minute).padStart(2, '0')}:00`));
const startsOf = ({ starts }: FirePlan) => starts.map(({ kind, scheduledFor }) => ({ kind, scheduledFor }));
const told = ({ noted }: FirePlan) => noted.map(({ outcome, scheduledFor }) => ({ outcome, scheduledFor }));

describe('a moment that is looked at in time', () => {
  test('starts', () => {
    const found = plan({}, { now: at('10:00:00.5') });
    expect(startsOf(found)).toEqual([{ kind: 'cron', scheduledFor: at('10:00:00') }]);
    expect(found).toMatchObject({ noted: [], dropped: [], aborts: [] });
  });

  test('is not before its time', () => {
    const found = plan({}, { now: at('09:59:59.999') });
    expect(found).toMatchObject({ starts: [], noted: [], waiting: 0 });
  });

  test('is left out when what waits is all that may start, and nothing starts beyond the limit', () => {
    const waiting = [{ id: 'waits', kind: 'cron' as const, scheduledFor: at('09:59:00') }];
    const found = plan({ maxFires: 3, fired: 2, overlapPolicy: 'queue_one' }, { ...running, waiting });
    expect(told(found)).toEqual([{ outcome: 'skipped_overlap', scheduledFor: at('10:00:00') }]);
    const lower = plan({ maxFires: 2, fired: 2 }, { waiting, now: at('09:59:30') });
    expect(lower).toMatchObject({
      starts: [],
      dropped: [{ id: 'waits', outcome: 'skipped_overlap' }],
      waiting: 0,
    });
  });

  test('is the only one of a schedule that has one', () => {
    const once = { type: 'one_time', cron: null, runAt: at('10:00:00') } as const;
    expect(plan(once, {})).toMatchObject({ starts: [{ kind: 'cron' }], noted: [] });
  });
});

describe('a moment that comes while a run has not ended', () => {
  test('is skipped', () => {
    const found = plan({ overlapPolicy: 'skip' }, running);
    expect(found.starts).toEqual([]);
    expect(told(found)).toEqual([{ outcome: 'skipped_overlap', scheduledFor: at('10:00:00') }]);
    expect(found.waiting).toBe(0);
  });

  test('starts beside it', () => {
    expect(plan({ overlapPolicy: 'allow' }, running).starts).toHaveLength(1);
  });

  test('waits, if none waits', () => {
    const found = plan({ overlapPolicy: 'queue_one' }, running);
    expect(told(found)).toEqual([{ outcome: null, scheduledFor: at('10:00:00') }]);
    expect(found.waiting).toBe(1);
    const waiting = [{ id: 'waits', kind: 'cron' as const, scheduledFor: at('09:59:00') }];
    const second = plan({ overlapPolicy: 'queue_one', waiting: 1 }, { ...running, waiting });
    expect(told(second)).toEqual([{ outcome: 'skipped_overlap', scheduledFor: at('10:00:00') }]);
    expect(second).toMatchObject({ dropped: [], waiting: 1 });
  });

  test('takes the place of the run, and of what waited', () => {
    const waiting = [{ id: 'waits', kind: 'cron' as const, scheduledFor: at('09:59:00') }];
    const found = plan({ overlapPolicy: 'cancel_previous', waiting: 1 }, { ...running, waiting });
    expect(found).toMatchObject({ starts: [], aborts: ['run'], waiting: 1 });
    expect(found.dropped).toMatchObject([{ id: 'waits', outcome: 'skipped_overlap' }]);
    expect(told(found)).toEqual([{ outcome: null, scheduledFor: at('10:00:00') }]);
    const aborting = plan(
      { overlapPolicy: 'cancel_previous' },
      { active: [{ id: 'run', status: 'aborting', kind: 'cron' }] },
    );
    expect(aborting.aborts).toEqual([]);
    const madeUpFor = { active: [{ id: 'run', status: 'running', kind: 'backfill' }] } as const;
    const behindIt = plan({ overlapPolicy: 'cancel_previous' }, { active: [...madeUpFor.active] });
    expect(behindIt).toMatchObject({ aborts: [], waiting: 1 });
    const backfill = [{ id: 'older', kind: 'backfill' as const, scheduledFor: at('09:00:00') }];
    const behind = { ...running, waiting: [...backfill, ...waiting], now: at('09:59:30') };
    expect(plan({ overlapPolicy: 'cancel_previous' }, behind)).toMatchObject({ aborts: [], waiting: 2 });
  });
});

describe('fires that wait', () => {
  const waiting = [8, 9].map((minute) => ({
    id: `of ${minute}`,
    kind: 'backfill' as const,
    scheduledFor: at(`09:0${minute}:00`),
  }));

  test('start one after the other when nothing runs', () => {
    const found = plan({ waiting: 2 }, { waiting, now: at('09:59:00') });
    expect(found.starts).toEqual([waiting[0]]);
    expect(found.waiting).toBe(1);
  });

  test('start together where that is allowed, but no more than may at a time', () => {
    expect(plan({ waiting: 2, overlapPolicy: 'allow' }, { waiting }).starts).toHaveLength(3);
    const found = plan({ waiting: 2, overlapPolicy: 'allow' }, { waiting, mostStarts: 1 });
    expect(found.starts).toEqual([waiting[0]]);
    expect(found.waiting).toBe(2);
  });

  test('go on waiting while something runs, and make a moment be skipped', () => {
    const found = plan({ waiting: 2 }, { ...running, waiting });
    expect(found.starts).toEqual([]);
    expect(told(found)).toEqual([{ outcome: 'skipped_overlap', scheduledFor: at('10:00:00') }]);
    expect(found.waiting).toBe(2);
  });
});

describe('ten moments at which no scheduler was there', () => {
  const all = minutes(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  const late = { endAt: at('10:09:00') };
  const now = at('10:30:00');
  const skipped = (moments: Date[]) =>
    moments.map((scheduledFor) => ({ outcome: 'skipped_misfire', scheduledFor }));

  test('are skipped', () => {
    const found = plan({ ...late, misfirePolicy: 'skip' }, { now });
    expect(found.starts).toEqual([]);
    expect(told(found)).toEqual(skipped(all));
  });

  test('are made up for once', () => {
    const found = plan({ ...late, misfirePolicy: 'fire_once' }, { now });
    expect(startsOf(found)).toEqual([{ kind: 'catch_up', scheduledFor: at('10:09:00') }]);
    expect(told(found)).toEqual(skipped(all.slice(0, 9)));
  });

  test('are all made up for, one after the other', () => {
    const found = plan({ ...late, misfirePolicy: 'catch_up' }, { now });
    expect(startsOf(found)).toEqual([{ kind: 'catch_up', scheduledFor: at('10:00:00') }]);
    expect(told(found)).toEqual(all.slice(1).map((scheduledFor) => ({ outcome: null, scheduledFor })));
    expect(found.waiting).toBe(9);
    expect(plan({ ...late, misfirePolicy: 'catch_up', overlapPolicy: 'allow' }, { now }).starts).toHaveLength(
      10,
    );
  });

  test('are made up for as far as the window and the number go', () => {
    const fewer = { ...late, misfirePolicy: 'catch_up', overlapPolicy: 'allow' } as const;
    const inWindow = plan({ ...fewer, misfireWindowSeconds: 1_500 }, { now });
    expect(startsOf(inWindow).map(({ scheduledFor }) => scheduledFor)).toEqual(minutes(5, 6, 7, 8, 9));
    const newest = plan({ ...fewer, catchUpMax: 4 }, { now });
    expect(startsOf(newest).map(({ scheduledFor }) => scheduledFor)).toEqual(minutes(6, 7, 8, 9));
    expect(told(newest)).toEqual(skipped(all.slice(0, 6)));
    expect(plan({ ...late, misfireWindowSeconds: 60 }, { now }).starts).toEqual([]);
  });

  test('are made up for by the newest, when that is looked at in time', () => {
    const found = plan({ ...late }, { now: at('10:09:30') });
    expect(startsOf(found)).toEqual([{ kind: 'cron', scheduledFor: at('10:09:00') }]);
    expect(told(found)).toEqual(skipped(all.slice(0, 9)));
  });

  test('are all made up for before the newest, when that is looked at in time', () => {
    const found = plan({ ...late, misfirePolicy: 'catch_up' }, { now: at('10:09:30') });
    expect(startsOf(found)).toEqual([{ kind: 'catch_up', scheduledFor: at('10:00:00') }]);
    expect(found.waiting).toBe(9);
  });

  test('are made up for no further than the limit of the schedule', () => {
    const most = { misfirePolicy: 'catch_up', overlapPolicy: 'allow', maxFires: 3 } as const;
    const found = plan({ ...late, ...most }, { now });
    expect(startsOf(found).map(({ scheduledFor }) => scheduledFor)).toEqual(minutes(0, 1, 2));
    expect(found.noted).toHaveLength(7);
    expect(found.noted[0]).toMatchObject({ outcome: 'skipped_overlap', scheduledFor: at('10:03:00') });
  });
});

test('of moments without number the newest are told, and that there were others', () => {
  const found = plan(
    {
      cron: '* * * * * *',
      misfirePolicy: 'catch_up',
      overlapPolicy: 'allow',
      nextMoment: new Date(0),
      dueAt: new Date(0),
    },
    { now: at('10:00:00.5') },
  );
  expect(found.noted[0]).toMatchObject({ scheduledFor: new Date(0), outcome: 'skipped_misfire' });
  expect(found.noted[0]?.reason).toMatch(/so it was for all moments from this one to before 2026-11-22T/);
  expect(found.noted.length).toBeLessThan(1_000);
  expect(found.starts).toHaveLength(50);
});

describe('a schedule that is paused', () => {
  const paused = { pausedAt: at('09:00:00'), pausedBy: 'person', pauseNote: 'the site is down' } as const;

  test('notes its moments, late ones as well', () => {
    const found = plan(paused, { now: at('10:02:10') });
    const skipped = minutes(0, 1, 2).map((scheduledFor) => ({ outcome: 'skipped_paused', scheduledFor }));
    expect(told(found)).toEqual(skipped);
    expect(found.noted[0]?.reason).toContain('the site is down');
    expect(found.pause).toEqual(paused);
  });

  test('is paused when its runs failed, at the next moment', () => {
    const found = plan({ pauseAfterFailures: 3 }, { hasFailed: true });
    expect(told(found)).toEqual([{ outcome: 'skipped_paused', scheduledFor: at('10:00:00') }]);
    const note = 'the last 3 runs failed';
    expect(found.pause).toEqual({ pausedAt: at('10:00:00'), pausedBy: 'failures', pauseNote: note });
  });

  test('lets nothing wait', () => {
    const waiting = [{ id: 'waits', kind: 'catch_up' as const, scheduledFor: at('09:59:00') }];
    const found = plan({ ...paused, waiting: 1 }, { waiting });
    expect(found.dropped).toMatchObject([{ id: 'waits', outcome: 'skipped_paused' }]);
    expect(found.waiting).toBe(0);
  });
});
