import { RobotStore } from '@runnel/store';
import type { ApiDeps } from '../../deps';
import { operation, type Operation } from '../../operation';
import { robotInPath } from '../../robot-of';
import { robotIdOf, robotNotFound, versionNotFound } from './ids';
import { presentRobot, robotAnswer, versionsAnswer } from './present-robot';
import { publishBody } from './query';

/** The versions of a robot, and which of them runs. */
export function versionOperations(deps: ApiDeps): Operation[] {
  return [listVersions(deps), publishRobot(deps)];
}

const id = 'The robot, a UUID';

function listVersions(deps: ApiDeps): Operation {
  const store = new RobotStore(deps.dataSource.manager);
  return operation({
    method: 'get',
    path: '/robots/{id}/versions',
    id: 'listVersions',
    scope: 'robots:read',
    robotOf: robotInPath,
    summary: 'The versions of a robot, newest first',
    params: { id },
    answers: { 200: versionsAnswer },
    serve: async ({ spaceId, params }) => {
      const robotId = robotIdOf(params.id);
      const robot = await store.find(spaceId, robotId, 'draft');
      if (!robot) throw robotNotFound(params.id);
      const items = (await store.versions(spaceId, robotId)).map(({ version, createdAt }) => ({
        version,
        createdAt: createdAt.getTime(),
        isPublished: version === robot.publishedVersion,
      }));
      const versions = { totalCount: items.length, items };
      return { status: 200, body: { statusCode: 200, messageCode: 'success', versions } };
    },
  });
}

function publishRobot(deps: ApiDeps): Operation {
  const store = new RobotStore(deps.dataSource.manager);
  return operation({
    method: 'post',
    path: '/robots/{id}/publish',
    id: 'publishRobot',
    scope: 'robots:write',
    robotOf: robotInPath,
    summary: 'Makes a version the one that runs: the newest, or the one that is named',
    params: { id },
    body: publishBody,
    answers: { 200: robotAnswer },
    serve: async ({ spaceId, params, body, base }) => {
      const robotId = robotIdOf(params.id);
      const { version = null } = body;
      const isPublished = await store.publish(spaceId, robotId, version);
      const robot = isPublished ? await store.find(spaceId, robotId, 'published') : null;
      if (!robot) throw versionNotFound(params.id, version ?? 'draft');
      const shown = presentRobot(robot, base, { withDefinition: true });
      return { status: 200, body: { statusCode: 200, messageCode: 'success', robot: shown } };
    },
  });
}
