import { dropLogin, listLogins } from '@runnel/services';
import { z } from 'zod';
import type { ApiDeps } from '../../deps';
import { HttpProblem } from '../../http-problem';
import { operation, type Operation } from '../../operation';
import { robotInPath } from '../../robot-of';
import { robotIdOf, robotNotFound } from './ids';
import { deletedAnswer } from './present-robot';

/** The sessions that robots keep between runs: what they are called, never what they hold. */
export function loginOperations(deps: ApiDeps): Operation[] {
  return [getLogins(deps), removeLogin(deps)];
}

const id = 'The robot, a UUID';

const loginsAnswer = z.object({
  statusCode: z.literal(200),
  messageCode: z.literal('success'),
  logins: z.array(z.object({ name: z.string(), savedAt: z.string() }).meta({ id: 'Login' })),
});

function getLogins({ dataSource }: ApiDeps): Operation {
  return operation({
    method: 'get',
    path: '/robots/{id}/logins',
    id: 'listLogins',
    summary: 'The sessions that a robot keeps between runs, by name',
    scope: 'robots:read',
    robotOf: robotInPath,
    params: { id },
    answers: { 200: loginsAnswer },
    serve: async ({ spaceId, params }) => {
      const found = await listLogins(dataSource, spaceId, robotIdOf(params.id));
      if (!found) throw robotNotFound(params.id);
      const logins = found.map(({ name, savedAt }) => ({ name, savedAt: savedAt.toISOString() }));
      return { status: 200, body: { statusCode: 200, messageCode: 'success', logins } };
    },
  });
}

function removeLogin({ dataSource }: ApiDeps): Operation {
  return operation({
    method: 'delete',
    path: '/robots/{id}/logins/{name}',
    id: 'deleteLogin',
    summary: 'Forgets a session: the robot signs in again',
    scope: 'robots:write',
    robotOf: robotInPath,
    params: { id, name: 'The session, as `options.session` names it' },
    answers: { 200: deletedAnswer },
    serve: async ({ spaceId, params: { id: robot, name } }) => {
      const isDropped = await dropLogin(dataSource, { spaceId, robotId: robotIdOf(robot), name });
      if (!isDropped) throw loginNotFound(robot, name);
      const message = 'Login deleted successfully';
      return { status: 200, body: { statusCode: 200, messageCode: 'success', message } };
    },
  });
}

function loginNotFound(robotId: string, name: string): HttpProblem {
  return new HttpProblem('NOT_FOUND', `Login "${name}" of robot with ID "${robotId}" not found.`);
}
