import { RobotStore, ScheduleListStore } from '@runnel/store';
import { z } from 'zod';
import type { ApiDeps } from '../../deps';
import { operation, type Operation } from '../../operation';
import { robotInPath } from '../../robot-of';
import { robotIdOf, robotNotFound } from './ids';
import { deletedAnswer } from './present-robot';
import { presentSchedule, scheduleSchema } from './present-schedule';
import { scheduleBody, timeIn } from './schedule-body';
import { firstSchedule, removeSchedule, setSchedule, type ScheduledRobot } from './set-schedule';

/** The one schedule that Maxun knows of a robot: its oldest that recurs, whichever API made it. */
export function scheduleOperations(deps: ApiDeps): Operation[] {
  return [getSchedule(deps), postSchedule(deps), deleteRobotSchedule(deps)];
}

const path = '/robots/{id}/schedule';
const params = { id: 'The robot, a UUID' };

const others = z.number().int().meta({
  description: 'How many schedules the robot has beside its oldest that recurs: `/v1/schedules` knows all',
});
const envelope = { statusCode: z.literal(200), messageCode: z.literal('success') };

function getSchedule(deps: ApiDeps): Operation {
  return operation({
    method: 'get',
    path,
    id: 'getRobotSchedule',
    scope: 'runs:read',
    robotOf: robotInPath,
    summary: 'The schedule of a robot, or null; of several the oldest that recurs',
    params,
    answers: { 200: z.object({ ...envelope, schedule: scheduleSchema.nullable(), otherSchedules: others }) },
    serve: async ({ spaceId, params: { id } }) => {
      const robot = await existing(deps, spaceId, id);
      const schedule = await firstSchedule(deps, robot);
      return answer(deps, robot, schedule && presentSchedule(schedule));
    },
  });
}

function postSchedule(deps: ApiDeps): Operation {
  return operation({
    method: 'post',
    path,
    id: 'setRobotSchedule',
    scope: 'runs:write',
    robotOf: robotInPath,
    summary: 'Makes the schedule of a robot, or changes when it runs; of several the oldest that recurs',
    description:
      'What the runs are started with, and what becomes of runs that overlap or were missed, stays as it is, and so ' +
      'does a pause. What no cron pattern says exactly, as every 45 minutes, is refused.',
    params,
    body: scheduleBody,
    answers: { 200: z.object({ ...envelope, schedule: scheduleSchema, otherSchedules: others }) },
    serve: async ({ spaceId, key, params: { id }, body }) => {
      const robot = { spaceId, robotId: robotIdOf(id) };
      const schedule = await setSchedule(deps, { ...robot, key }, timeIn(body));
      if (!schedule) throw robotNotFound(id);
      return answer(deps, robot, presentSchedule(schedule));
    },
  });
}

function deleteRobotSchedule(deps: ApiDeps): Operation {
  return operation({
    method: 'delete',
    path,
    id: 'deleteRobotSchedule',
    scope: 'runs:write',
    robotOf: robotInPath,
    summary:
      'Deletes the schedule of a robot, if it has one; of several the oldest that recurs. Its runs go on',
    params,
    answers: { 200: deletedAnswer },
    serve: async ({ spaceId, params: { id } }) => {
      await removeSchedule(deps, await existing(deps, spaceId, id));
      const message = 'Schedule deleted successfully';
      return { status: 200, body: { statusCode: 200, messageCode: 'success', message } };
    },
  });
}

type Shown = z.infer<typeof scheduleSchema>;

async function answer<T extends Shown | null>(
  { dataSource }: ApiDeps,
  { spaceId, robotId }: ScheduledRobot,
  schedule: T,
) {
  const all = await new ScheduleListStore(dataSource.manager).count(spaceId, { robotId, search: null });
  const otherSchedules = all - (schedule ? 1 : 0);
  return {
    status: 200,
    body: { statusCode: 200, messageCode: 'success', schedule, otherSchedules },
  } as const;
}

/** @throws HttpProblem when the space has no such robot. */
async function existing({ dataSource }: ApiDeps, spaceId: string, id: string): Promise<ScheduledRobot> {
  const robotId = robotIdOf(id);
  if (!(await new RobotStore(dataSource.manager).exists(spaceId, robotId))) throw robotNotFound(id);
  return { spaceId, robotId };
}
