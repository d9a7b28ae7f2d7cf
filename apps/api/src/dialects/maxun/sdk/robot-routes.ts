import type { Schedule } from '@runnel/contracts';
import { deleteRobot, duplicateRobot, renameRobot, replaceRobot } from '@runnel/services';
import { RobotStore, ScheduleListStore, type RobotWithDefinition } from '@runnel/store';
import { z } from 'zod';
import type { ApiDeps } from '../../../deps';
import { requireScope } from '../../../check-rights';
import { toldAsSent } from '../../../told-as-sent';
import { operation, type AskingKey, type Operation } from '../../../operation';
import { robotInPath } from '../../../robot-of';
import { pageOf, startOf } from '../page-cursor';
import { duplicateBody } from '../query';
import { timeIn } from '../schedule-body';
import { firstSchedule, removeSchedule, setSchedule, type AskedRobot } from '../set-schedule';
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
    scope: 'robots:read',
    summary: 'The robots, newest first',
    query: robotsQuery,
    answers: { 200: robotsAnswer },
    serve: async (asked) => {
      const { spaceId, query } = asked;
      const filter = { search: null, publishedOnly: false };
      const page = { ...filter, limit: query.limit + 1, before: startOf(asked), skip: 0 };
      const { items, nextCursor } = pageOf(asked, await store.list(spaceId, page));
      const ids = items.map(({ id }) => id);
      const schedules = await new ScheduleListStore(dataSource.manager).firstOf(spaceId, ids);
      const data = items.map((robot) =>
        presentRobot(robot, { schedule: schedules.get(robot.id) ?? null, withDefinition: false }),
      );
      const totalCount = await store.count(spaceId, filter);
      return { status: 200, body: { data, totalCount, nextCursor } };
    },
  });
}

function getRobot(deps: ApiDeps): Operation {
  const store = new RobotStore(deps.dataSource.manager);
  return operation({
    method: 'get',
    path: '/robots/{id}',
    id: 'sdkGetRobot',
    scope: 'robots:read',
    robotOf: robotInPath,
    summary: 'A robot with its definition',
    params,
    answers: { 200: robotAnswer },
    serve: async ({ spaceId, params: { id } }) => {
      const robot = await store.find(spaceId, robotIdOf(id), 'published');
      if (!robot) throw robotNotFound();
      const schedule = await firstSchedule(deps, { spaceId, robotId: robot.id });
      return { status: 200, body: { data: presentRobot(robot, { schedule }) } };
    },
  });
}

function putRobot(deps: ApiDeps): Operation {
  const store = new RobotStore(deps.dataSource.manager);
  return operation({
    method: 'put',
    path: '/robots/{id}',
    id: 'sdkUpdateRobot',
    scope: 'robots:write',
    robotOf: robotInPath,
    summary: 'Changes what was sent of a robot; what it does from then on is published',
    description:
      'A robot whose newest version is a draft is changed in nothing but its name: 409 until it is published.',
    params,
    body: updateBody,
    answers: { 200: robotAnswer, 501: problemSchema },
    serve: async ({ spaceId, key, params: { id }, body }) => {
      const robotId = robotIdOf(id);
      // A schedule starts runs.
      if (body.schedule !== undefined) requireScope(key, 'runs:write');
      refuseMissing(body);
      refuseMeta(body.meta ?? {});
      refuseSchedule(body.schedule);
      const before = await store.find(spaceId, robotId, 'published');
      const after = before && (await changed(deps, before, { ...body, domains: key.domains }));
      if (!after) throw robotNotFound();
      const schedule = await scheduled(deps, { spaceId, robotId, key }, body.schedule);
      return { status: 200, body: { data: presentRobot(after, { schedule }) } };
    },
  });
}

/** Null when it is deleted at this moment. */
async function changed(
  deps: ApiDeps,
  before: RobotWithDefinition,
  { domains, ...sent }: z.infer<typeof updateBody> & Pick<AskingKey, 'domains'>,
): Promise<RobotWithDefinition | null> {
  const { spaceId, id, version: ifVersion } = before;
  const name = sent.meta?.name ?? null;
  const definition = changedDefinition(before.definition, sent);
  if (definition === null)
    return name === null ? before : renameRobot(deps.dataSource, { spaceId, id, name });
  const command = { spaceId, id, name, definition, publish: true, ifVersion, domains };
  return replaceRobot(deps, command).catch(toInvalidWorkflow());
}

type SentSchedule = z.infer<typeof updateBody>['schedule'];

const inSchedule = toldAsSent((fault) => ({ ...fault, path: `schedule.${fault.path}` }));

/** Before anything is changed. @throws InvalidInputError */
function refuseSchedule(sent: SentSchedule): void {
  if (!sent) return;
  try {
    timeIn(sent);
  } catch (error) {
    inSchedule(error);
  }
}

/** The robot's schedule when what was sent of it is done. */
async function scheduled(deps: ApiDeps, robot: AskedRobot, sent: SentSchedule): Promise<Schedule | null> {
  if (sent) return setSchedule(deps, robot, timeIn(sent)).catch(inSchedule);
  if (sent === null) await removeSchedule(deps, robot);
  return firstSchedule(deps, robot);
}

function removeRobot({ dataSource }: ApiDeps): Operation {
  return operation({
    method: 'delete',
    path: '/robots/{id}',
    id: 'sdkDeleteRobot',
    scope: 'robots:write',
    robotOf: robotInPath,
    summary: 'Deletes a robot, its versions and its runs',
    params,
    answers: { 200: z.object({ message: z.string() }) },
    serve: async ({ spaceId, params: { id } }) => {
      if (!(await deleteRobot(dataSource, spaceId, robotIdOf(id)))) throw robotNotFound();
      return { status: 200, body: { message: 'Robot deleted successfully' } };
    },
  });
}

function postDuplicate(deps: ApiDeps): Operation {
  return operation({
    method: 'post',
    path: '/robots/{id}/duplicate',
    id: 'sdkDuplicateRobot',
    scope: 'robots:write',
    summary: 'Makes a robot that does the same from another address',
    params,
    body: duplicateBody,
    answers: { 201: robotAnswer },
    serve: async ({ spaceId, key: { domains }, params: { id }, body }) => {
      const robot = await duplicateRobot(deps, { ...body, spaceId, id: robotIdOf(id), domains });
      if (!robot) throw robotNotFound();
      return { status: 201, body: { data: presentRobot(robot, { schedule: null }) } };
    },
  });
}
