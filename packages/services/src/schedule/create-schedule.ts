import type { Schedule } from '@runnel/contracts';
import { newId, ScheduleStore, type CreatedSchedule } from '@runnel/store';
import { differences, fingerprintOf } from '../run/fingerprint';
import { KeyReusedError } from '../run/start-refused';
import { checkSchedule } from './check-schedule';
import { readingOf, said, triggerOf, usual, type NewSchedule } from './new-schedule';
import { nextOf } from './next-of';
import type { ScheduleDeps } from './schedule-deps';
import { scheduleFaults } from './schedule-faults';

export interface CreatedOrKnown {
  schedule: Schedule;
  /** True: an earlier request with the same idempotency key made it. */
  isReplayed: boolean;
}

/**
 * Makes a schedule. Null when there is no such robot.
 * @throws InvalidInputError with every fault; also when nothing of the robot is published.
 * @throws KeyReusedError
 */
export async function createSchedule(deps: ScheduleDeps, given: NewSchedule): Promise<CreatedOrKnown | null> {
  const store = new ScheduleStore(deps.dataSource.manager);
  const known = await replay(store, given);
  if (known) return known;
  const schedule = newSchedule(given, await store.now());
  const now = schedule.failuresSince;
  const isRobotThere = await checkSchedule(deps, {
    ...{
      faults: scheduleFaults(schedule),
      trigger: given.trigger,
      now,
      work: { ...schedule, namedBy: schedule.keyId },
    },
  });
  if (!isRobotThere) return null;
  const created = await store.create({ ...schedule, ...nextOf(schedule, now) });
  // Another request with the same key may have been first.
  return created ? { schedule: created, isReplayed: false } : replay(store, given);
}

/** @throws KeyReusedError */
async function replay(
  store: ScheduleStore,
  { spaceId, idempotencyKey: key, asked }: NewSchedule,
): Promise<CreatedOrKnown | null> {
  const schedule = key === null ? null : await store.keyed(spaceId, key);
  if (!schedule) return null;
  const faults = differences(schedule.fingerprint ?? {}, fingerprintOf(asked));
  if (faults.length > 0) throw new KeyReusedError(faults);
  return { schedule, isReplayed: true };
}

/** A schedule as it is asked for; what it lacks are its moments. */
export function newSchedule(given: NewSchedule, now: Date): CreatedSchedule & Pick<Schedule, 'fired'> {
  const { asked, trigger, isPaused, ...options } = { ...usual, ...given, ...said<NewSchedule>(given) };
  return {
    ...options,
    ...triggerOf(trigger),
    id: newId(),
    ...readingOf(options.target),
    ...(isPaused ? { pausedAt: now, pausedBy: 'person' } : { pausedAt: null, pausedBy: null }),
    pauseNote: null,
    failuresSince: now,
    nextMoment: null,
    dueAt: null,
    fired: 0,
    waiting: 0,
    aheadRunId: null,
    fingerprint: given.idempotencyKey === null ? null : fingerprintOf(asked),
  };
}
