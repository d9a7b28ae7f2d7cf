import { setImmediate as breathe } from 'node:timers/promises';
import type { ScheduleTarget } from '@runnel/contracts';
import { targetsOf, type DueSchedule } from '@runnel/store';
import { InvalidInputError } from '../invalid-input';
import { dueMoments, type DueMoments } from './due-moments';
import { planFires } from './plan-fires';
import { reasonOf } from './reason-of';
import { runOfSchedule } from './run-of-schedule';
import type { ScheduleDeps } from './schedule-deps';
import type { PlannedFires, Work } from './settle-fires';
import { NoMatchError } from './target-records';

/** What one transaction begins at most, but for one run that has more. */
const mostTasks = 10_000;
const mostBytes = 16 * 1024 * 1024;
/** Runs of one schedule that start at a time: others wait for the next look. */
const mostStarts = 50;
/** How long schedules are looked at before what is known of them is written; the others are looked at next. */
const mostMs = 500;

/** What is known of a schedule that is due before it is locked. */
export interface Prepared {
  due: DueSchedule;
  moments: DueMoments;
  /** Null: nothing was to start. */
  work: Work | null;
  /** So many runs of it start at a time. */
  mostStarts: number;
}

/**
 * Looks at what the schedules' moments will start, and builds it, before anything is locked: files and rows may take
 * their time. Of as many schedules as one transaction takes.
 */
export async function prepareFires(
  deps: Pick<ScheduleDeps, 'dataSource' | 'robots'>,
  dues: DueSchedule[],
): Promise<Map<string, Prepared>> {
  const looked = await lookAt(dues);
  const ids = looked.filter(needsTarget).map(({ due }) => due.schedule.id);
  const targets =
    ids.length === 0
      ? new Map<string, ScheduleTarget>()
      : await targetsOf(deps.dataSource.manager, ids, mostBytes);
  const prepared = new Map<string, Prepared>();
  const room = { tasks: mostTasks, bytes: mostBytes };
  for (const each of looked) {
    const { id } = each.due.schedule;
    // What is too large to be read along with the others has its turn at the next look.
    if (needsTarget(each) && !targets.has(id)) continue;
    const one = await prepareOne(deps, each, targets.get(id) ?? null);
    room.tasks -= one.size.tasks;
    room.bytes -= one.size.bytes;
    if (prepared.size > 0 && (room.tasks < 0 || room.bytes < 0)) break;
    prepared.set(id, one.prepared);
  }
  return prepared;
}

interface Looked {
  due: DueSchedule;
  moments: DueMoments;
  starts: number;
}

function needsTarget({ due, starts }: Looked): boolean {
  return starts > 0 && due.schedule.aheadRunId === null;
}

async function prepareOne(
  deps: Pick<ScheduleDeps, 'dataSource' | 'robots'>,
  { due, moments, starts }: Looked,
  target: ScheduleTarget | null,
): Promise<{ prepared: Prepared; size: { tasks: number; bytes: number } }> {
  const work = starts > 0 ? await workOf(deps, due, target) : null;
  const { tasks, bytes } = sizeOf(work);
  const fits = Math.min(mostStarts, Math.floor(mostTasks / tasks), Math.floor(mostBytes / bytes));
  const most = Math.max(1, fits);
  const count = Math.min(starts, most);
  return {
    prepared: { due, moments, work, mostStarts: most },
    size: { tasks: tasks * count, bytes: bytes * count },
  };
}

/** Lets others come in between, for moments without number take long to find. */
async function lookAt(dues: DueSchedule[]): Promise<Looked[]> {
  const since = performance.now();
  const looked: Looked[] = [];
  for (const due of dues) {
    const moments = dueMoments(due.schedule, due.now);
    const { starts } = planFires(due.schedule, { ...due, mostStarts }, moments);
    looked.push({ due, moments, starts: starts.length });
    if (performance.now() - since > mostMs) break;
    await breathe();
  }
  return looked;
}

async function workOf(
  deps: Pick<ScheduleDeps, 'dataSource' | 'robots'>,
  { schedule }: DueSchedule,
  target: ScheduleTarget | null,
): Promise<Work> {
  if (!target) return 'made ahead';
  const wanted = { ...schedule, target };
  const robotGone = { refused: 'its robot is gone' };
  try {
    return (await runOfSchedule(deps, wanted)) ?? robotGone;
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    if (error instanceof NoMatchError) return { refused: reasonOf(error) };
    // What was remembered of the robot may be an older version.
    return runOfSchedule(deps, wanted, 'read').then(
      (run) => run ?? robotGone,
      (again: unknown) => {
        if (again instanceof InvalidInputError) return { refused: reasonOf(again) };
        throw again;
      },
    );
  }
}

function sizeOf(work: Work | null): { tasks: number; bytes: number } {
  if (work === null || work === 'made ahead' || 'refused' in work) return { tasks: 1, bytes: 1 };
  return { tasks: work.tasks.length, bytes: JSON.stringify(work.tasks).length };
}

/**
 * What becomes of a schedule as it is under its lock. Null when it was edited or fired meanwhile, or more is to start
 * than was foreseen: the next look sees to it.
 */
export function planLocked(due: DueSchedule, prepared: Prepared): PlannedFires | null {
  const { work, moments, mostStarts: most } = prepared;
  const { schedule: known } = prepared.due;
  const { schedule } = due;
  const isSame = schedule.revision === known.revision && schedule.dueAt?.getTime() === known.dueAt?.getTime();
  if (!isSame) return null;
  const plan = planFires(schedule, { ...due, mostStarts: most }, moments);
  return plan.starts.length > 0 && !work ? null : { due, plan, work, until: moments.until };
}
