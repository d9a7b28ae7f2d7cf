import { advanceSchedules, lockDue, newId, noteFires, noteMoment, type DueSchedule } from '@runnel/store';
import { abortAhead } from './abort-ahead';
import { untilOf } from './due-moments';
import { nextOf, type Next } from './next-of';
import type { ScheduleDeps } from './schedule-deps';

const outcome = 'error';
const reason = 'it could not be fired; the log of the scheduler says why';

/** A schedule that cannot be fired, for a reason of its own, goes on with its next moment, and nothing of it waits. */
export async function passOver({ dataSource }: Pick<ScheduleDeps, 'dataSource'>, id: string): Promise<void> {
  await dataSource.transaction(async (manager) => {
    const [due] = await lockDue(manager, [id]);
    if (!due) return;
    const { schedule, now, waiting } = due;
    await noteFires(
      manager,
      waiting.map((fire) => ({ ...fire, scheduleId: id, outcome, reason })),
    );
    const passed = schedule.dueAt && schedule.dueAt <= now ? schedule.nextMoment : null;
    if (!passed) return advanceSchedules(manager, [{ ...schedule, waiting: 0 }]);
    await noteMoment(manager, {
      id: newId(),
      scheduleId: id,
      kind: 'cron',
      scheduledFor: passed,
      outcome,
      reason,
    });
    await abortAhead(manager, schedule);
    await advanceSchedules(manager, [{ ...schedule, ...nextOrPause(due), waiting: 0, aheadRunId: null }]);
  });
}

/** Its pattern or its zone may be what cannot be read, as by a program with another list of zones. */
function nextOrPause({ schedule, now }: DueSchedule): Next & Partial<DueSchedule['schedule']> {
  try {
    return nextOf(schedule, untilOf(schedule, now));
  } catch {
    const pauseNote = 'its moments cannot be found; mend its trigger, and resume it';
    return { nextMoment: null, dueAt: null, pausedAt: now, pausedBy: 'failures', pauseNote };
  }
}
