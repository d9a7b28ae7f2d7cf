import type { ScheduledRecord } from '@runnel/contracts';
import {
  advanceSchedules,
  isUnavailable,
  lockDue,
  lookForDue,
  newId,
  noteFires,
  readDue,
  type DueSchedule,
} from '@runnel/store';
import { InvalidInputError } from '../invalid-input';
import { abortRun } from '../run/abort-run';
import { abortAhead } from './abort-ahead';
import { nextOf } from './next-of';
import { planFires } from './plan-fires';
import { runOfSchedule } from './run-of-schedule';
import type { ScheduleDeps } from './schedule-deps';
import { settleFires, type PlannedFires, type Work } from './settle-fires';

/** Tasks that one transaction begins at most, but for one run that has more. */
const mostTasks = 10_000;
/** And so many runs of one schedule: others wait for the next look. */
const mostStarts = 50;
/** Milliseconds until it is looked again while something is done aside. */
const asideMs = 250;

export interface FireDeps extends ScheduleDeps {
  onError: (error: unknown) => void;
  /**
   * Takes what reads files or rows first, which may take its time; left out, it is waited for. It may say no, as while
   * it is at the last: what is due stays due.
   */
  aside?: (work: () => Promise<void>) => void;
}

export interface Fired {
  /** Schedules that were looked at. */
  due: number;
  started: number;
  /** When to look again: milliseconds; null: nothing is planned. */
  nextInMs: number | null;
}

/**
 * Fires what is due: the fire, its run, the run's tasks and the schedule's next moment are one transaction. Any number
 * may do so at once: each takes what no other is at.
 */
export async function fireDue(deps: FireDeps): Promise<Fired> {
  const { manager } = deps.dataSource;
  const { due: ids, nextInMs } = await lookForDue(manager);
  if (ids.length === 0) return { due: 0, started: 0, nextInMs };
  const due = await readDue(manager, ids);
  const [slow, quick] = [due.filter(readsFirst), due.filter((each) => !readsFirst(each))];
  const started = quick.length === 0 ? 0 : await fireQuick(deps, quick);
  if (slow.length === 0) return { due: due.length, started, nextInMs: 0 };
  if (!deps.aside) return { due: due.length, started: started + (await fireEach(deps, slow)), nextInMs: 0 };
  deps.aside(async () => void (await fireEach(deps, slow)));
  return { due: due.length, started, nextInMs: quick.length > 0 ? 0 : asideMs };
}

async function fireQuick(deps: FireDeps, due: DueSchedule[]): Promise<number> {
  return fireTogether(deps, due).catch(async (error: unknown) => {
    if (isUnavailable(error)) throw error;
    // One that the database refuses does not hold up the others.
    return fireEach(deps, due);
  });
}

/** What its runs are made of stands elsewhere, and may be much. */
function readsFirst({ schedule }: DueSchedule): boolean {
  return (
    schedule.fileIds.length > 0 ||
    schedule.target.recordFilter !== null ||
    schedule.target.records.some(isRow)
  );
}

function isRow({ kind }: ScheduledRecord): boolean {
  return kind === 'row';
}

async function fireEach(deps: FireDeps, due: DueSchedule[]): Promise<number> {
  let started = 0;
  for (const each of due) {
    started += await fireTogether(deps, [each]).catch(async (error: unknown) => {
      if (isUnavailable(error)) throw error;
      deps.onError(error);
      await passOver(deps, each.schedule.id);
      return 0;
    });
  }
  return started;
}

async function fireTogether(deps: FireDeps, dues: DueSchedule[]): Promise<number> {
  const { dataSource, dispatcher, onError } = deps;
  const works = await prepare(deps, dues);
  const { started, aborts, stale } = await dataSource.transaction(async (manager) => {
    const locked = await lockDue(manager, [...works.keys()]);
    return settleFires(
      manager,
      locked.flatMap((due) => planOf(due, works.get(due.schedule.id))),
    );
  });
  for (const { spaceId, runId } of aborts) {
    await abortRun(dataSource, { spaceId, robotId: null, runId }).catch(onError);
  }
  for (const robot of stale) await deps.robots.read({ ...robot, version: 'published' });
  if (started > 0) dispatcher.soon();
  return started;
}

interface Prepared {
  revision: number;
  /** Null: nothing was to start. */
  work: Work | null;
}

/** What the schedules' moments will start, read before anything is locked: files and rows may take their time. */
async function prepare(deps: FireDeps, dues: DueSchedule[]): Promise<Map<string, Prepared>> {
  const prepared = new Map<string, Prepared>();
  let tasks = 0;
  for (const due of dues) {
    const { schedule } = due;
    const { starts } = planFires(schedule, { ...due, mostStarts });
    const work = starts.length === 0 ? null : await workOf(deps, due);
    const size = tasksOf(work) * starts.length;
    if (tasks > 0 && tasks + size > mostTasks) break;
    tasks += size;
    prepared.set(schedule.id, { revision: schedule.revision, work });
  }
  return prepared;
}

async function workOf(deps: FireDeps, { schedule }: DueSchedule): Promise<Work> {
  if (schedule.aheadRunId !== null) return { aheadTasks: Math.max(1, schedule.target.records.length) };
  try {
    return (await runOfSchedule(deps, schedule)) ?? { refused: 'its robot is gone' };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    // What was remembered of the robot may be an older version.
    return runOfSchedule(deps, schedule, 'read').then(
      (run) => run ?? { refused: 'its robot is gone' },
      (again: unknown) => {
        if (again instanceof InvalidInputError) return { refused: sentenceOf(again) };
        throw again;
      },
    );
  }
}

function sentenceOf({ message, faults: [first] }: InvalidInputError): string {
  return first ? `${message}: ${first.path} ${first.message}` : message;
}

function tasksOf(work: Work | null): number {
  if (work === null || 'refused' in work) return 0;
  return 'aheadTasks' in work ? work.aheadTasks : work.tasks.length;
}

/** Nothing, when the schedule was edited meanwhile, or more is to start than was foreseen: the next look sees to it. */
function planOf(due: DueSchedule, prepared: Prepared | undefined): PlannedFires[] {
  if (!prepared || prepared.revision !== due.schedule.revision) return [];
  const { work } = prepared;
  const most = Math.min(mostStarts, Math.max(1, Math.floor(mostTasks / Math.max(1, tasksOf(work)))));
  const plan = planFires(due.schedule, { ...due, mostStarts: most });
  return plan.starts.length > 0 && !work ? [] : [{ due, plan, work }];
}

/** A schedule that cannot be fired for a reason of its own goes on with its next moment. */
async function passOver({ dataSource, onError }: FireDeps, id: string): Promise<void> {
  const passed = await dataSource.transaction(async (manager) => {
    const [due] = await lockDue(manager, [id]);
    if (!due?.schedule.nextMoment) return null;
    const { schedule, now } = due;
    await abortAhead(manager, schedule);
    await advanceSchedules(manager, [{ ...schedule, ...nextOf(schedule, now), aheadRunId: null }]);
    return schedule;
  });
  if (!passed?.nextMoment) return;
  const reason = 'it could not be fired; the log of the scheduler says why';
  const fire = { kind: 'cron', scheduledFor: passed.nextMoment, outcome: 'error', reason } as const;
  await noteFires(dataSource.manager, [{ id: newId(), scheduleId: id, ...fire }]).catch(onError);
}
