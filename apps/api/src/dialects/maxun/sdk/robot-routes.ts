import { deleteRobot, duplicateRobot, renameRobot, replaceRobot } from '@runnel/services';
import { RobotStore, type DataSource, type RobotWithDefinition } from '@runnel/store';
import { z } from 'zod';
import type { ApiDeps } from '../../../deps';
import { operation, type Operation } from '../../../operation';
import { pageOf, startOf } from '../page-cursor';
import { duplicateBody } from '../query';
import { changedDefinition } from './change-robot';
import { toInvalidWorkflow } from './create-routes';
import { problemSchema } from './errors';
import { robotIdOf, robotNotFound } from './ids';
import { presentRobot, robotAnswer, robotsAnswer } from './present-robot';
import { robotsQuery } from './query';
import { refuseMeta, refuseMissing, updateBody } from './robot-body';

/** Robots, but for what makes them. */
export function robotOperations(deps: ApiDeps): Operation[] {
  return [listRobots(deps), getRobot(deps), putRobot(deps), removeRobot(deps), postDuplicate(deps)];
}

const params = { id: 'The robot, a UUID' };

function listRobots({ dataSource }: ApiDeps): Operation {
  const store = new RobotStore(dataSource.manager);
  return operation({
    method: 'get',
    path: '/robots',
    id: 'sdkListRobots',
    summary: 'The robots, newest first',
    query: robotsQuery,
    answers: { 200: robotsAnswer },
    serve: async (asked) => {
      const { spaceId, query } = asked;
      const filter = { search: null, publishedOnly: false };
      const page = { ...filter, limit: query.limit + 1, before: startOf(asked), skip: 0 };
      const { items, nextCursor } = pageOf(asked, await store.list(spaceId, page));
      const data = items.map((robot) => presentRobot(robot, { withDefinition: false }));
      const totalCount = await store.count(spaceId, filter);
      return { status: 200, body: { data, totalCount, nextCursor } };
    },
  });
}

function getRobot({ dataSource }: ApiDeps): Operation {
  const store = new RobotStore(dataSource.manager);
  return operation({
    method: 'get',
    path: '/robots/{id}',
    id: 'sdkGetRobot',
    summary: 'A robot with its definition',
    params,
    answers: { 200: robotAnswer },
    serve: async ({ spaceId, params: { id } }) => {
      const robot = await store.find(spaceId, robotIdOf(id), 'published');
      if (!robot) throw robotNotFound();
      return { status: 200, body: { data: presentRobot(robot) } };
    },
  });
}

function putRobot({ dataSource }: ApiDeps): Operation {
  const store = new RobotStore(dataSource.manager);
  return operation({
    method: 'put',
    path: '/robots/{id}',
    id: 'sdkUpdateRobot',
    summary: 'Changes what was sent of a robot; what it does from then on is published',
    description:
      'A robot whose newest version is a draft is changed in nothing but its name: 409 until it is published.',
    params,
    body: updateBody,
    answers: { 200: robotAnswer, 501: problemSchema },
    serve: async ({ spaceId, params: { id }, body }) => {
      const robotId = robotIdOf(id);
      refuseMissing(body);
      refuseMeta(body.meta ?? {});
      const before = await store.find(spaceId, robotId, 'published');
      const after = before && (await changed(dataSource, before, body));
      if (!after) throw robotNotFound();
      return { status: 200, body: { data: presentRobot(after) } };
    },
  });
}

/** Null when it is deleted at this moment. */
async function changed(
  dataSource: DataSource,
  before: RobotWithDefinition,
  sent: z.infer<typeof updateBody>,
): Promise<RobotWithDefinition | null> {
  const { spaceId, id, version: ifVersion } = before;
  const name = sent.meta?.name ?? null;
  const definition = changedDefinition(before.definition, sent);
  if (definition === null) return name === null ? before : renameRobot(dataSource, { spaceId, id, name });
  const command = { spaceId, id, name, definition, publish: true, ifVersion };
  return replaceRobot(dataSource, command).catch(toInvalidWorkflow());
}

function removeRobot({ dataSource }: ApiDeps): Operation {
  return operation({
    method: 'delete',
    path: '/robots/{id}',
    id: 'sdkDeleteRobot',
    summary: 'Deletes a robot, its versions and its runs',
    params,
    answers: { 200: z.object({ message: z.string() }) },
    serve: async ({ spaceId, params: { id } }) => {
      if (!(await deleteRobot(dataSource, spaceId, robotIdOf(id)))) throw robotNotFound();
      return { status: 200, body: { message: 'Robot deleted successfully' } };
    },
  });
}

function postDuplicate({ dataSource }: ApiDeps): Operation {
  return operation({
    method: 'post',
    path: '/robots/{id}/duplicate',
    id: 'sdkDuplicateRobot',
    summary: 'Makes a robot that does the same from another address',
    params,
    body: duplicateBody,
    answers: { 201: robotAnswer },
    serve: async ({ spaceId, params: { id }, body }) => {
      const robot = await duplicateRobot(dataSource, { spaceId, id: robotIdOf(id), ...body });
      if (!robot) throw robotNotFound();
      return { status: 201, body: { data: presentRobot(robot) } };
    },
  });
}
