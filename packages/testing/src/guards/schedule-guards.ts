import type { Guard } from './guard';

const dueSchedules = 'packages/store/src/due-schedules.ts';
const fireDue = 'packages/services/src/schedule/fire-due.ts';
const crashPoints = 'apps/cli/test/schedules-crash-points.test.ts';
const overlap = 'apps/cli/test/schedules-overlap.test.ts';

/** What fires each moment of a schedule once, and as the schedule says by then, and a suite for each that fails without it. */
export const scheduleGuards: Guard[] = [
  {
    name: 'one fire of a moment',
    invariant: 'a moment fires once',
    file: 'packages/store/src/migrations/1764300000000-keep-schedules.ts',
    find: 'CREATE UNIQUE INDEX fires_moment',
    replace: 'CREATE INDEX fires_moment',
    suite: crashPoints,
    test: 'a scheduler that fires a schedule does not fire a moment again',
  },
  {
    name: 'the transaction of a fire, its run and the next moment',
    invariant: 'a moment fires once',
    file: fireDue,
    find: 'await dataSource.transaction(async (manager) => {\n    const locked',
    replace: 'await Promise.resolve(dataSource.manager).then(async (manager) => {\n    const locked',
    suite: crashPoints,
    test: 'a scheduler that dies after the runs are inserted',
  },
  {
    name: 'the lock of a schedule that fires',
    invariant: 'edits apply at once',
    file: dueSchedules,
    find: 'ORDER BY id FOR UPDATE SKIP LOCKED',
    replace: 'ORDER BY id',
    suite: crashPoints,
    test: 'a scheduler that fires a schedule lets an edit wait',
  },
  {
    name: 'the revision of a schedule whose run was made ready',
    invariant: 'edits apply at once',
    file: 'packages/services/src/schedule/prepare-fires.ts',
    find: 'schedule.revision === known.revision',
    replace: 'schedule.revision >= known.revision',
    suite: crashPoints,
    test: 'a scheduler that fires a schedule knows of an edit',
  },
  {
    name: 'the end of a transaction in which nothing happens',
    invariant: 'a moment fires once',
    file: 'packages/store/src/data-source.ts',
    find: 'idle_in_transaction_session_timeout: 3_000',
    replace: 'idle_in_transaction_session_timeout: 0',
    suite: crashPoints,
    test: 'a scheduler that stands still before the schedule goes on',
  },
  {
    name: 'the look for a run that has not ended',
    invariant: 'overlap',
    file: 'packages/services/src/schedule/plan-fires.ts',
    find: 'return this.facts.active.length + this.starts.length > 0;',
    replace: 'return this.facts.active.length < 0;',
    suite: overlap,
    test: 'a moment that comes while a run of its schedule lasts \\(queue on Postgres\\) skip',
  },
  {
    name: 'the abort of the run that gives way',
    invariant: 'overlap',
    file: 'packages/services/src/schedule/plan-fires.ts',
    find: "const givesWay = this.schedule.overlapPolicy === 'cancel_previous';",
    replace: "const givesWay = this.schedule.overlapPolicy === 'allow';",
    suite: overlap,
    test: 'a moment that comes while a run of its schedule lasts \\(queue on Postgres\\) cancel_previous',
  },
  {
    name: 'the idempotency key of a run by hand',
    invariant: '10 idempotent start',
    file: 'packages/services/src/schedule/run-now.ts',
    find: 'idempotency: idempotencyKey === null ? null :',
    replace: "idempotency: idempotencyKey !== '' ? null :",
    suite: 'apps/cli/test/schedules-edits.test.ts',
    test: 'a schedule that is run by hand starts one run for one',
  },
];
