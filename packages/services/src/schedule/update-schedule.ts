import { isDeepStrictEqual } from 'node:util';
import type { Schedule } from '@runnel/contracts';
import { ScheduleStore, type ScheduleKey, type Unnamed } from '@runnel/store';
import { aheadFaults } from './ahead-faults';
import { changeSchedule, type LockedSchedule } from './change-schedule';
import { checkSchedule } from './check-schedule';
import { hasSameTrigger, readingOf, said, triggerOf, type ScheduleChange } from './new-schedule';
import { nextOf, type Next } from './next-of';
import { pausing } from './pause-schedule';
import { resuming } from './resume-schedule';
import type { ScheduleDeps } from './schedule-deps';
import { scheduleFaults } from './schedule-faults';
import { NoSuchRobotError } from './schedule-refused';

/** What changes, of the schedule as it is when it is edited. */
type Change = (schedule: Schedule) => ScheduleChange;

/**
 * Edits a schedule: its very next run is as it is from now on. When its trigger changes, its next moment is the first
 * from now, also when that one was skipped. Null when there is no such schedule.
 * @throws InvalidInputError with every fault.
 */
export async function updateSchedule(
  deps: ScheduleDeps,
  key: ScheduleKey,
  change: Change,
): Promise<Schedule | null> {
  const store = new ScheduleStore(deps.dataSource.manager);
  // Each turn but the last, somebody else's edit went in.
  for (;;) {
    const known = await store.find(key);
    const edit = known && { known, wanted: edited(known, change), namedBy: change(known).keyId ?? null };
    if (!edit || !(await checkEdit(deps, edit, await store.now()))) return null;
    const saved = await changeSchedule(deps.dataSource, key, (locked) =>
      save(locked, { change, revision: edit.known.revision }),
    );
    if (saved !== 'overtaken') return saved;
  }
}

interface Edit {
  known: Schedule;
  wanted: Unnamed<Schedule>;
  /** The key that the schedule is to be of from now on, if it changes. */
  namedBy: string | null;
}

/** False when its robot is gone, and it with it. @throws InvalidInputError */
async function checkEdit(deps: ScheduleDeps, { known, wanted, namedBy }: Edit, now: Date): Promise<boolean> {
  const trigger = hasSameTrigger(known, wanted) ? null : wanted;
  const work = startsTheSame(known, wanted) ? null : { ...wanted, namedBy };
  const faults = [...scheduleFaults(wanted), ...aheadFaults(known, wanted)];
  const isThere = await checkSchedule(deps, { faults, trigger, now, work });
  if (!isThere && wanted.robotId !== known.robotId) throw new NoSuchRobotError(wanted.robotId);
  return isThere;
}

async function save(
  locked: LockedSchedule,
  { change, revision }: { change: Change; revision: number },
): Promise<Schedule | 'overtaken'> {
  // What was found right is what is saved; that it fired meanwhile is no edit.
  if (locked.schedule.revision !== revision) return 'overtaken';
  const schedule = edited(locked.schedule, change);
  const next = await nextFor(locked, schedule);
  const saved = await locked.store.save({ ...schedule, ...next, ...(await pauseFor(locked, change)) });
  if (!saved) throw new NoSuchRobotError(schedule.robotId);
  return saved;
}

function edited(schedule: Schedule, change: Change): Unnamed<Schedule> {
  const { trigger, ...parts } = said(change(schedule));
  const next = { ...schedule, ...parts, ...(trigger && triggerOf(trigger)) };
  return { ...next, ...readingOf(next.target) };
}

type Work = Pick<Schedule, 'robotId' | 'target' | 'maxAttempts'>;

function startsTheSame(one: Work, other: Work): boolean {
  const partsOf = ({ robotId, target, maxAttempts }: Work): Work => ({ robotId, target, maxAttempts });
  return isDeepStrictEqual(partsOf(one), partsOf(other));
}

/** The moment that comes next stays, as long as it is one: it may be due already. */
async function nextFor({ store, schedule, now }: LockedSchedule, wanted: Unnamed<Schedule>): Promise<Next> {
  const { id, nextMoment, dueAt, maxFires, jitterSeconds } = schedule;
  const hasMore = isSpent(schedule) && !isSpent(wanted);
  if (hasMore || !hasSameTrigger(schedule, wanted)) {
    await store.forgetSkipped(id, now);
    return nextOf(wanted, now);
  }
  const isSame = wanted.maxFires === maxFires && wanted.jitterSeconds === jitterSeconds;
  if (isSame || !nextMoment) return { nextMoment, dueAt };
  return nextOf(wanted, new Date(nextMoment.getTime() - 1));
}

function isSpent({ maxFires, fired }: Pick<Schedule, 'maxFires' | 'fired'>): boolean {
  return maxFires !== null && fired >= maxFires;
}

async function pauseFor(locked: LockedSchedule, change: Change): Promise<Partial<Schedule>> {
  const { isPaused } = change(locked.schedule);
  if (isPaused === undefined || isPaused === (locked.schedule.pausedAt !== null)) return {};
  return isPaused ? pausing(locked, null) : resuming(locked.now);
}
