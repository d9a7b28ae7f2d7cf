import type { Schedule, Trigger } from '@runnel/contracts';
import { createSchedule, deleteSchedule, updateSchedule } from '@runnel/services';
import { ScheduleListStore } from '@runnel/store';
import type { ApiDeps } from '../../deps';
import { limitedKey } from '../../limited-key';
import type { AskingKey } from '../../operation';
import { toldAsSent } from '../../told-as-sent';
import { asSent, type ScheduleTime } from './schedule-body';

/** A robot, whose oldest schedule that recurs is the one that Maxun knows. */
export interface ScheduledRobot {
  spaceId: string;
  robotId: string;
}

/** With the key that asks for it. */
export type AskedRobot = ScheduledRobot & { key: AskingKey };

export async function firstSchedule(
  { dataSource }: ApiDeps,
  { spaceId, robotId }: ScheduledRobot,
): Promise<Schedule | null> {
  return (await new ScheduleListStore(dataSource.manager).firstOf(spaceId, [robotId])).get(robotId) ?? null;
}

/**
 * Gives the robot's schedule another time and lets be all else of it, or makes one. Null when there is no such robot.
 * @throws InvalidInputError
 */
export async function setSchedule(
  deps: ApiDeps,
  robot: AskedRobot,
  time: ScheduleTime,
): Promise<Schedule | null> {
  try {
    const first = await firstSchedule(deps, robot);
    // It may be deleted at this moment.
    return (
      (first && (await changed(deps, { of: first, by: robot.key }, time))) ?? (await made(deps, robot, time))
    );
  } catch (error) {
    return toldAsSent(asSent)(error);
  }
}

/** Sees to it that the robot's schedule is no more. */
export async function removeSchedule(deps: ApiDeps, robot: ScheduledRobot): Promise<void> {
  const first = await firstSchedule(deps, robot);
  if (first) await deleteSchedule(deps, keyOf(first));
}

/** Null when it is gone. When it begins and ends is said elsewhere, and stays. */
async function changed(
  deps: ApiDeps,
  { of, by }: { of: Schedule; by: AskingKey },
  time: ScheduleTime,
): Promise<Schedule | null> {
  return updateSchedule(deps, keyOf(of), ({ startAt, endAt }) => ({
    keyId: limitedKey(by),
    trigger: { ...recurring(time), startAt, endAt },
  }));
}

async function made(
  deps: ApiDeps,
  { key, ...robot }: AskedRobot,
  time: ScheduleTime,
): Promise<Schedule | null> {
  const wanted = { ...robot, keyId: key.id, trigger: recurring(time), asked: { robotId: robot.robotId } };
  // No client's key has a space in it. Of two who make the robot's one schedule at once, the second changes it.
  const found = await createSchedule(deps, { ...wanted, idempotencyKey: `maxun ${robot.robotId}` });
  if (!found?.isReplayed) return found?.schedule ?? null;
  const { robotId, type } = found.schedule;
  if (robotId === robot.robotId && type === 'recurring') {
    return changed(deps, { of: found.schedule, by: key }, time);
  }
  // It is another robot's since, or does not recur any more.
  return (await createSchedule(deps, { ...wanted, idempotencyKey: null }))?.schedule ?? null;
}

function recurring(time: ScheduleTime): Trigger {
  return { ...time, type: 'recurring', runAt: null, startAt: null, endAt: null };
}

function keyOf({ id, spaceId }: Schedule): { spaceId: string; scheduleId: string } {
  return { spaceId, scheduleId: id };
}
