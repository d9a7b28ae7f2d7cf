import { isDeepStrictEqual } from 'node:util';
import type { Cell, Fault, Inputs, ScheduleTarget, Trigger } from '@runnel/contracts';
import { ScheduleStore, type CreatedSchedule, type NewTask } from '@runnel/store';
import { InvalidInputError } from '../invalid-input';
import { insertRun } from '../run/insert-run';
import { commandOf, newRun, type StartCommand, type StartRun } from '../run/new-run';
import { replay, type Started } from '../run/replay';
import { startNewest } from '../run/start-newest';
import { newSchedule } from './create-schedule';
import { nextOf } from './next-of';
import type { ScheduleDeps } from './schedule-deps';
import { scheduleRules } from './schedule-faults';
import { triggerFaults } from './trigger-faults';

export interface StartLater {
  /** The published version starts; its files are not read by a schedule. */
  start: Omit<StartRun, 'version' | 'fileIds' | 'delay' | 'origin'>;
  /** To come, within ten years. */
  at: Date;
  /** Of the schedule; null: the robot's. */
  name: string | null;
}

const mostYears = 10;

/**
 * Makes a run now that begins at a moment to come, and the schedule that lets it begin then: until then it can be
 * paused, moved and deleted like any other. Null when there is no such robot.
 * @throws InvalidInputError, of the moment with the path `runAt`; KeyReusedError, RunRemovedError, SpaceFullError
 */
export async function startLater(deps: ScheduleDeps, later: StartLater): Promise<Started | null> {
  const { dataSource, robots } = deps;
  const command = commandOf({ ...later.start, origin: 'schedule' });
  const replayed = await replay(dataSource.manager, command);
  if (replayed) return replayed;
  const now = await new ScheduleStore(dataSource.manager).now();
  const faults = momentFaults(later.at, now);
  if (faults.length > 0) throw new InvalidInputError('The moment is not right', faults);
  return startNewest(robots, command, async (robot) => {
    const { tasks, ...run } = await newRun({ robot, command, files: [] });
    const schedule = scheduleOf(later, { command, tasks, now });
    const held = { ...run, tasks, scheduleId: schedule.id, delayMs: null, isRoomKnown: false };
    return dataSource.transaction(async (manager) => {
      const started = await insertRun(manager, command, held);
      if (!started || started.isReplayed) return started;
      const made = await new ScheduleStore(manager).create({ ...schedule, aheadRunId: run.id });
      if (!made) throw new Error(`robot ${command.robotId} has a run, and cannot have a schedule`);
      return { ...started, run: { ...started.run, notBefore: made.dueAt } };
    });
  });
}

function triggerAt(runAt: Date): Trigger {
  return { type: 'one_time', cron: null, timezone: 'UTC', runAt, startAt: null, endAt: null };
}

function momentFaults(at: Date, now: Date): Fault[] {
  const latest = new Date(now);
  latest.setUTCFullYear(now.getUTCFullYear() + mostYears);
  if (at <= latest) return triggerFaults(triggerAt(at), now);
  return [{ path: 'runAt', message: `must be within ${mostYears} years`, found: at.toISOString() }];
}

function scheduleOf(
  { start: { spaceId, robotId, keyId }, at, name }: StartLater,
  { command, tasks, now }: { command: StartCommand; tasks: NewTask[]; now: Date },
): CreatedSchedule {
  const schedule = newSchedule(
    {
      ...{ spaceId, robotId, name, trigger: triggerAt(at), asked: {}, idempotencyKey: null },
      target: targetOf(command, tasks),
      maxAttempts: command.maxAttempts,
      keyId: keyId ?? null,
      // The run is there: it begins, however late a scheduler comes by.
      overlapPolicy: 'allow',
      misfirePolicy: 'fire_once',
      misfireWindowSeconds: scheduleRules.misfireWindowSeconds.most,
    },
    now,
  );
  return { ...schedule, ...nextOf(schedule, now) };
}

/** What the run's tasks are made of, told once what all of them were given. */
function targetOf({ inputs, records }: StartCommand, tasks: NewTask[]): ScheduleTarget {
  const isOfAll = ([name, cell]: [string, Cell]): boolean =>
    (records === null || Object.hasOwn(inputs, name)) &&
    tasks.every((task) => isDeepStrictEqual(task.inputs[name], cell));
  const shared: Inputs = Object.fromEntries(Object.entries(tasks[0]?.inputs ?? {}).filter(isOfAll));
  const own = (of: Inputs): Inputs =>
    Object.fromEntries(Object.entries(of).filter(([name]) => !Object.hasOwn(shared, name)));
  const [type = null, ...others] = new Set(tasks.map(({ record }) => record?.type ?? null));
  const given = tasks.map(({ record, inputs: of }) => {
    const { id, name } = record ?? { id: null, name: null };
    return { kind: 'given' as const, id, name, inputs: own(of) };
  });
  return {
    inputs: shared,
    recordType: others.length === 0 ? type : null,
    records: records === null ? [] : given,
    fileIds: [],
    recordFilter: null,
  };
}
