import type { Stage } from '@runnel/contracts';
import { createRobot, deleteRobot, replaceRobot } from '@runnel/services';
import { RobotStore } from '@runnel/store';
import { Router, type RequestHandler, type Response } from 'express';
import type { z } from 'zod';
import { spaceOf } from '../../authenticate';
import type { ApiDeps } from '../../deps';
import { read } from '../../read-input';
import { baseOf } from './base-url';
import { nextCursor, robotIdOf, robotNotFound, versionNotFound } from './ids';
import { deletedAnswer, presentRobot, robotAnswer, robotsAnswer, versionsAnswer } from './presenter';
import {
  isBareDocument,
  publishBody,
  publishQuery,
  replaceBody,
  robotBody,
  robotListQuery,
  robotQuery,
} from './query';

export function robotRoutes(deps: ApiDeps): Router {
  const router = Router();
  router.get('/robots', listRobots(deps));
  router.post('/robots', postRobot(deps));
  router.get('/robots/:id', getRobot(deps));
  router.put('/robots/:id', putRobot(deps));
  router.delete('/robots/:id', removeRobot(deps));
  router.get('/robots/:id/versions', listVersions(deps));
  router.post('/robots/:id/publish', publishRobot(deps));
  return router;
}

type OneRobot = RequestHandler<{ id: string }>;

function listRobots(deps: ApiDeps): RequestHandler {
  const store = new RobotStore(deps.dataSource.manager);
  return async (request, response) => {
    const { limit, cursor, search } = read(robotListQuery, request.query, 'query');
    const page = { limit, before: cursor ?? null, search: search ?? null };
    const { totalCount, items } = await store.list(spaceOf(response), page);
    const shown = items.map((robot) => presentRobot(robot, baseOf(request, deps), { withDefinition: false }));
    const robots = { totalCount, items: shown, nextCursor: nextCursor(items, limit) };
    response.json(robotsAnswer.parse({ statusCode: 200, messageCode: 'success', robots }));
  };
}

function postRobot(deps: ApiDeps): RequestHandler {
  return async (request, response) => {
    const { name, definition, stage } = robotIn(request.body, robotBody);
    const command = { spaceId: spaceOf(response), name, definition, publish: stage === 'published' };
    const robot = await createRobot(deps.dataSource, command);
    const base = baseOf(request, deps);
    response.location(`${base}/api/robots/${robot.id}`);
    answer(response, 201, presentRobot(robot, base, { withDefinition: true }));
  };
}

function getRobot(deps: ApiDeps): OneRobot {
  const store = new RobotStore(deps.dataSource.manager);
  return async (request, response) => {
    const { version = 'published' } = read(robotQuery, request.query, 'query');
    const robot = await store.find(spaceOf(response), robotIdOf(request.params.id), version);
    if (!robot) throw versionNotFound(request.params.id, version);
    answer(response, 200, presentRobot(robot, baseOf(request, deps), { withDefinition: true }));
  };
}

function listVersions(deps: ApiDeps): OneRobot {
  const store = new RobotStore(deps.dataSource.manager);
  return async (request, response) => {
    const id = robotIdOf(request.params.id);
    const robot = await store.find(spaceOf(response), id, 'draft');
    if (!robot) throw robotNotFound(request.params.id);
    const items = (await store.versions(spaceOf(response), id)).map(({ version, createdAt }) => ({
      version,
      createdAt: createdAt.getTime(),
      isPublished: version === robot.publishedVersion,
    }));
    const versions = { totalCount: items.length, items };
    response.json(versionsAnswer.parse({ statusCode: 200, messageCode: 'success', versions }));
  };
}

function putRobot(deps: ApiDeps): OneRobot {
  return async (request, response) => {
    const { publish } = read(publishQuery, request.query, 'query');
    const { name, definition } = robotIn(request.body, replaceBody);
    const id = robotIdOf(request.params.id);
    const command = { spaceId: spaceOf(response), id, name, definition, publish: publish === 'true' };
    const robot = await replaceRobot(deps.dataSource, command);
    if (!robot) throw robotNotFound(request.params.id);
    answer(response, 200, presentRobot(robot, baseOf(request, deps), { withDefinition: true }));
  };
}

function publishRobot(deps: ApiDeps): OneRobot {
  const store = new RobotStore(deps.dataSource.manager);
  return async (request, response) => {
    const id = robotIdOf(request.params.id);
    const { version = null } = read(publishBody, request.body ?? {}, 'body');
    const isPublished = await store.publish(spaceOf(response), id, version);
    const robot = isPublished ? await store.find(spaceOf(response), id, 'published') : null;
    if (!robot) throw versionNotFound(request.params.id, version ?? 'draft');
    answer(response, 200, presentRobot(robot, baseOf(request, deps), { withDefinition: true }));
  };
}

function removeRobot(deps: ApiDeps): OneRobot {
  return async (request, response) => {
    const id = robotIdOf(request.params.id);
    if (!(await deleteRobot(deps.dataSource, spaceOf(response), id))) throw robotNotFound(request.params.id);
    const message = 'Robot deleted successfully';
    response.json(deletedAnswer.parse({ statusCode: 200, messageCode: 'success', message }));
  };
}

function answer(response: Response, statusCode: 200 | 201, robot: ReturnType<typeof presentRobot>): void {
  response.status(statusCode).json(robotAnswer.parse({ statusCode, messageCode: 'success', robot }));
}

/** What a body says of a robot: all in an envelope, or the bare document. */
function robotIn(
  sent: unknown,
  envelope: z.ZodType<{ name?: string | undefined; definition: unknown; stage?: Stage }>,
) {
  const body = sent ?? {};
  if (isBareDocument(body)) return { name: null, definition: body, stage: 'published' as const };
  const { name = null, definition, stage } = read(envelope, body, 'body');
  return { name, definition, stage };
}
