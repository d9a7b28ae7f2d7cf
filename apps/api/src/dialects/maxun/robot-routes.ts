import type { Stage } from '@runnel/contracts';
import { createRobot, deleteRobot, duplicateRobot, replaceRobot } from '@runnel/services';
import { RobotStore, type RobotWithDefinition } from '@runnel/store';
import { z } from 'zod';
import type { ApiDeps } from '../../deps';
import { operation, type Operation } from '../../operation';
import { robotInPath } from '../../robot-of';
import { read } from '../../read-input';
import { robotIdOf, robotNotFound, versionNotFound } from './ids';
import { pageOf, startOf } from './page-cursor';
import { createdAnswer, deletedAnswer, presentRobot, robotAnswer, robotsAnswer } from './present-robot';
import {
  duplicateBody,
  isBareDocument,
  publishQuery,
  replaceBody,
  robotBody,
  robotListQuery,
  robotQuery,
} from './query';

/** Robots: what runs are started of. */
export function robotOperations(deps: ApiDeps): Operation[] {
  return [
    listRobots(deps),
    postRobot(deps),
    getRobot(deps),
    putRobot(deps),
    removeRobot(deps),
    postDuplicate(deps),
  ];
}

const id = 'The robot, a UUID';

function listRobots(deps: ApiDeps): Operation {
  const store = new RobotStore(deps.dataSource.manager);
  return operation({
    method: 'get',
    path: '/robots',
    id: 'listRobots',
    scope: 'robots:read',
    summary: 'The robots, newest first',
    query: robotListQuery,
    answers: { 200: robotsAnswer },
    serve: async (asked) => {
      const { spaceId, query, base } = asked;
      const { limit, search = null } = query;
      const filter = { search, publishedOnly: false };
      const found = await store.list(spaceId, {
        ...filter,
        limit: limit + 1,
        before: startOf(asked),
        skip: 0,
      });
      const { items, nextCursor } = pageOf(asked, found);
      const shown = items.map((robot) => presentRobot(robot, base, { withDefinition: false }));
      const totalCount = await store.count(spaceId, filter);
      const robots = { totalCount, items: shown, nextCursor };
      return { status: 200, body: { statusCode: 200, messageCode: 'success', robots } };
    },
  });
}

/** Checked by what the document turns out to be. */
const robotDocument = z.unknown().meta({
  description: 'A robot in an envelope, or a definition, a recording of Chrome or a robot of Maxun as it is',
  example: {
    name: 'Shop',
    definition: { title: 'Shop', steps: [{ type: 'navigate', url: 'https://example.com' }] },
  },
});

function postRobot(deps: ApiDeps): Operation {
  return operation({
    method: 'post',
    path: '/robots',
    id: 'createRobot',
    scope: 'robots:write',
    summary: 'Makes a robot; it is published at once unless `stage` says draft',
    body: robotDocument,
    answers: { 201: createdAnswer },
    serve: async ({ spaceId, key: { domains }, body, base, response }) => {
      const { name, definition, stage } = robotIn(body, robotBody);
      const command = { spaceId, name, definition, publish: stage === 'published', domains };
      const robot = await createRobot(deps, command);
      response.location(`${base}/api/robots/${robot.id}`);
      return created(robot, base);
    },
  });
}

function getRobot(deps: ApiDeps): Operation {
  const store = new RobotStore(deps.dataSource.manager);
  return operation({
    method: 'get',
    path: '/robots/{id}',
    id: 'getRobot',
    scope: 'robots:read',
    robotOf: robotInPath,
    summary: 'A robot with its definition: the published one, else the newest, or the one of `version`',
    params: { id },
    query: robotQuery,
    answers: { 200: robotAnswer },
    serve: async ({ spaceId, params, query, base }) => {
      const { version = 'published' } = query;
      const robot = await store.find(spaceId, robotIdOf(params.id), version);
      if (!robot) throw versionNotFound(params.id, version);
      return answer(robot, base);
    },
  });
}

function putRobot(deps: ApiDeps): Operation {
  return operation({
    method: 'put',
    path: '/robots/{id}',
    id: 'replaceRobot',
    scope: 'robots:write',
    robotOf: robotInPath,
    summary: 'Makes a new version of a robot, a draft unless `publish=true`',
    params: { id },
    query: publishQuery,
    body: robotDocument,
    answers: { 200: robotAnswer },
    serve: async ({ spaceId, key: { domains }, params, query, body, base }) => {
      const { name, definition } = robotIn(body, replaceBody);
      const publish = query.publish === 'true';
      const command = { spaceId, id: robotIdOf(params.id), name, definition, publish, domains };
      const robot = await replaceRobot(deps, command);
      if (!robot) throw robotNotFound(params.id);
      return answer(robot, base);
    },
  });
}

function removeRobot({ dataSource }: ApiDeps): Operation {
  return operation({
    method: 'delete',
    path: '/robots/{id}',
    id: 'deleteRobot',
    scope: 'robots:write',
    robotOf: robotInPath,
    summary: 'Deletes a robot, its versions and its runs',
    params: { id },
    answers: { 200: deletedAnswer },
    serve: async ({ spaceId, params }) => {
      if (!(await deleteRobot(dataSource, spaceId, robotIdOf(params.id)))) throw robotNotFound(params.id);
      const message = 'Robot deleted successfully';
      return { status: 200, body: { statusCode: 200, messageCode: 'success', message } };
    },
  });
}

function postDuplicate(deps: ApiDeps): Operation {
  return operation({
    method: 'post',
    path: '/robots/{id}/duplicate',
    id: 'duplicateRobot',
    scope: 'robots:write',
    summary: 'Makes a robot that does the same from another address',
    params: { id },
    body: duplicateBody,
    answers: { 201: createdAnswer },
    serve: async ({ spaceId, key: { domains }, params, body, base, response }) => {
      const command = { spaceId, id: robotIdOf(params.id), targetUrl: body.targetUrl, domains };
      const robot = await duplicateRobot(deps, command);
      if (!robot) throw robotNotFound(params.id);
      response.location(`${base}/api/robots/${robot.id}`);
      return created(robot, base);
    },
  });
}

function created(found: RobotWithDefinition, base: string) {
  const robot = presentRobot(found, base, { withDefinition: true });
  return { status: 201, body: { statusCode: 201, messageCode: 'success', robot } } as const;
}

function answer(found: RobotWithDefinition, base: string) {
  const robot = presentRobot(found, base, { withDefinition: true });
  return { status: 200, body: { statusCode: 200, messageCode: 'success', robot } } as const;
}

/** What a body says of a robot: all in an envelope, or the bare document. */
function robotIn(
  body: unknown,
  envelope: z.ZodType<{ name?: string | undefined; definition: unknown; stage?: Stage }>,
) {
  if (isBareDocument(body)) return { name: null, definition: body, stage: 'published' as const };
  const { name = null, definition, stage } = read(envelope, body, 'body');
  return { name, definition, stage };
}
