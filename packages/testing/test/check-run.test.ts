import type { Event, Row, RunEvent, Task } from '@runnel/contracts';
import { checkRun } from '../src/chaos/check-run';
import { findRecoveries } from '../src/chaos/find-recoveries';
import type { FaultRecord } from '../src/chaos/fault-record';
import type { LedgerRun } from '../src/chaos/ledger-snapshot';
import { rowOf, type RunPlan } from '../src/chaos/run-plan';

const plan: RunPlan = {
  index: 7,
  robot: 'http',
  tasks: [{ pages: 2, perPage: 2, delayMs: 0, fails: null }],
  abortAfterMs: null,
  isSentTwice: false,
};
const start = Date.parse('2025-01-01T00:00:00Z');
const moment = (seconds: number) => new Date(start + seconds * 1_000);

type Told = [attempt: number | null, event: RunEvent];
const began = (attempt: number, pid: number): Told => [
  attempt,
  { kind: 'task.started', worker: `host-${pid}-abcdef` },
];
const wrote = (attempt: number, count: number): Told => [attempt, { kind: 'rows.appended', count }];
const requeued = (attempt: number): Told => [
  attempt,
  { kind: 'task.requeued', reason: 'a worker was lost', failure: null },
];
const queued: Told = [null, { kind: 'run.queued', tasks: 1 }];
const done = (attempt: number): Told[] => [
  [attempt, { kind: 'task.ended', status: 'succeeded', failure: null }],
  [null, { kind: 'run.ended', status: 'succeeded' }],
];

/** A run that was taken from one worker and succeeded at the second attempt; an event a second. */
function aRun(
  change: { told?: Told[]; rows?: number[]; task?: Partial<Task>; run?: object } = {},
): LedgerRun {
  const told = change.told ?? [
    queued,
    began(1, 11),
    wrote(1, 2),
    requeued(1),
    began(2, 22),
    wrote(2, 4),
    ...done(2),
  ];
  const events = told.map(([attempt, event], index): Event => ({
    runId: 'run',
    seq: index + 1,
    taskId: attempt === null ? null : 'task',
    attempt,
    at: moment(index),
    event,
  }));
  const stored = (attempt: number) => (item: number, ordinal: number) =>
    ({
      taskId: 'task',
      attempt,
      list: 'rows',
      ordinal,
      position: ordinal,
      data: rowOf(plan, 0, item),
    }) satisfies Row;
  const rows = change.rows ?? [0, 1, 2, 3];
  const ended = moment(told.length - 1);
  return {
    run: {
      ...{
        id: 'run',
        status: 'succeeded',
        taskCount: 1,
        tasksSucceeded: 1,
        tasksFailed: 0,
        tasksTimedOut: 0,
      },
      ...{ tasksAborted: 0, seq: told.length, createdAt: moment(0), startedAt: moment(1), finishedAt: ended },
      ...change.run,
    } as LedgerRun['run'],
    tasks: [
      {
        ...{ id: 'task', ordinal: 0, status: 'succeeded', failure: null, attempt: 2, attemptsLost: 1 },
        ...{
          attemptsReturned: 0,
          maxAttempts: 3,
          rowCount: rows.length,
          leaseUntil: null,
          finishedAt: ended,
        },
        ...change.task,
      } as Task,
    ],
    events,
    rows: [...[0, 1].map(stored(1)), ...rows.map(stored(2))],
  };
}

const kinds = (found: LedgerRun, isAborted = false) =>
  [...new Set(checkRun(found, plan, isAborted).map(({ kind }) => kind))].sort();

describe('the check of a run', () => {
  test('finds nothing in one that is as it has to be', () => {
    expect(checkRun(aRun(), plan, false)).toEqual([]);
  });

  test('finds what is lost', () => {
    expect(kinds(aRun({ run: { status: 'running', finishedAt: null } }))).toEqual(['lost']);
    expect(kinds(aRun({ rows: [0, 1, 2] }))).toContain('lost');
  });

  test('finds what is doubled', () => {
    expect(kinds(aRun({ rows: [0, 1, 1, 2, 3] }))).toContain('doubled');
    expect(kinds(aRun({ rows: [0, 1, 1, 3] }))).toContain('doubled');
    const twice: Told[] = [queued, began(1, 11), wrote(1, 4), ...done(1), ...done(1)];
    expect(kinds(aRun({ told: twice, task: { attempt: 1 } }))).toContain('doubled');
  });

  test.each<[string, Parameters<typeof aRun>[0], RegExp]>([
    ['rows in another order', { rows: [1, 0, 2, 3] }, /row 0/],
    ['an accepted abort that came to nothing', {}, /abort was accepted/],
    ['a count that is not that of the tasks', { run: { tasksFailed: 1 } }, /count of its tasks/],
    ['a missing event', { run: { seq: 9 } }, /newest event/],
    ['an end that nobody planned', { task: { status: 'aborted' } }, /task 0 is aborted/],
    [
      'an event behind the end',
      {
        told: [
          queued,
          began(1, 1),
          wrote(1, 2),
          requeued(1),
          began(2, 2),
          wrote(2, 4),
          ...done(2),
          wrote(2, 0),
        ],
      },
      /its last event/,
    ],
    [
      'rows of a stale attempt',
      { told: [queued, began(1, 1), requeued(1), began(2, 2), wrote(1, 2), wrote(2, 4), ...done(2)] },
      /attempt 1 wrote rows.appended out of turn/,
    ],
    [
      'rows of an attempt that was taken back',
      { told: [queued, began(1, 1), requeued(1), wrote(1, 2), began(2, 2), wrote(2, 4), ...done(2)] },
      /attempt 1 wrote rows.appended out of turn/,
    ],
    [
      'a claim of what another one has',
      { told: [queued, began(1, 1), wrote(1, 2), began(2, 2), wrote(2, 4), ...done(2)] },
      /attempt 2 wrote task.started out of turn/,
    ],
  ])('finds %s', (_name, change, sentence) => {
    const found = checkRun(aRun(change), plan, change === undefined || Object.keys(change).length === 0);
    expect(found.map(({ what }) => what).join('\n')).toMatch(sentence);
  });
});

describe('the recovery of a task', () => {
  const killed = (pid: number, seconds: number): FaultRecord => ({
    ...{ kind: 'worker killed', where: 'worker 1', pid, isAlone: false },
    ...{ at: start + seconds * 1_000, until: start + seconds * 1_000 },
  });

  test('is counted from the fault of its worker', () => {
    const ledger = new Map([['run', aRun()]]);
    const [found, ...others] = findRecoveries(ledger, [killed(33, 1.5), killed(11, 2), killed(22, 9)]);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ noticedMs: 1_000, startedMs: 2_000, committedMs: 4_000, hits: 1 });
  });

  test('is told as nobody’s when its worker met none', () => {
    const [found] = findRecoveries(new Map([['run', aRun()]]), [killed(33, 2)]);
    expect(found?.fault).toBeNull();
  });
});
