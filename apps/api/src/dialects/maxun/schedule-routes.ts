import { RobotStore } from '@runnel/store';
import { z } from 'zod';
import type { ApiDeps } from '../../deps';
import { HttpProblem } from '../../http-problem';
import { operation, type Operation } from '../../operation';
import { robotIdOf, robotNotFound } from './ids';
import { deletedAnswer } from './present-robot';

/** Robots have no schedules yet: asking for one and removing it are true, making one is refused. */
export function scheduleOperations(deps: ApiDeps): Operation[] {
  return [getSchedule(deps), postSchedule(deps), removeSchedule(deps)];
}

const path = '/robots/{id}/schedule';
const params = { id: 'The robot, a UUID' };
const scheduleAnswer = z.object({
  statusCode: z.literal(200),
  messageCode: z.literal('success'),
  schedule: z.null(),
});

function getSchedule(deps: ApiDeps): Operation {
  const check = existing(deps);
  return operation({
    method: 'get',
    path,
    id: 'getSchedule',
    summary: 'The schedule of a robot: none',
    params,
    answers: { 200: scheduleAnswer },
    serve: async ({ spaceId, params: { id } }) => {
      await check(spaceId, id);
      return { status: 200, body: { statusCode: 200, messageCode: 'success', schedule: null } };
    },
  });
}

function postSchedule(deps: ApiDeps): Operation {
  const check = existing(deps);
  return operation({
    method: 'post',
    path,
    id: 'setSchedule',
    summary: 'Answers 501: robots cannot be scheduled yet',
    params,
    answers: {},
    serve: async ({ spaceId, params: { id } }) => {
      await check(spaceId, id);
      throw new HttpProblem(
        'NOT_IMPLEMENTED',
        'Robots cannot be scheduled yet: start runs from a timer of your own',
      );
    },
  });
}

function removeSchedule(deps: ApiDeps): Operation {
  const check = existing(deps);
  return operation({
    method: 'delete',
    path,
    id: 'deleteSchedule',
    summary: 'Sees to it that a robot has no schedule',
    params,
    answers: { 200: deletedAnswer },
    serve: async ({ spaceId, params: { id } }) => {
      await check(spaceId, id);
      const message = 'Schedule deleted successfully';
      return { status: 200, body: { statusCode: 200, messageCode: 'success', message } };
    },
  });
}

function existing({ dataSource }: ApiDeps): (spaceId: string, id: string) => Promise<void> {
  const store = new RobotStore(dataSource.manager);
  return async (spaceId, id) => {
    if (!(await store.exists(spaceId, robotIdOf(id)))) throw robotNotFound(id);
  };
}
