import type { ScheduledRecord } from '@runnel/contracts';
import { createSchedule, deleteSchedule, NoSuchRobotError, updateSchedule } from '@runnel/services';
import { ScheduleListStore, ScheduleStore } from '@runnel/store';
import { z } from 'zod';
import type { ApiDeps } from '../../deps';
import { idempotencyKeyOf, tellReplayed } from '../../idempotency-key';
import { limitedKey } from '../../limited-key';
import { operation, type Operation } from '../../operation';
import { onlyRobot, robotOfSchedule } from '../../robot-of';
import { toldAsSent } from '../../told-as-sent';
import { flowNotFound, idFor, scheduleKeyOf, readFlowId, scheduleNotFound, scheduleIn } from './ids';
import { countedPages, listPage, sideOf, wantedPage } from './list-page';
import { presentSchedule, scheduleSchema, schedulesAnswer } from './present-schedule';
import { listQuery } from './query';
import { scheduleAsSent } from './schedule-as-sent';
import { flowNamedIn, scheduleBody, scheduleChangeBody } from './schedule-body';
import { newScheduleOf, scheduleChange } from './schedule-change';

/** Schedules. */
export function scheduleRoutes(deps: ApiDeps): Operation[] {
  return [
    listSchedules(deps),
    postSchedule(deps),
    getSchedule(deps),
    putSchedule(deps),
    removeSchedule(deps),
  ];
}

const path = '/schedules/{id}';
const params = { id: 'Of a schedule, a `sch_…`' };

function listSchedules(deps: ApiDeps): Operation {
  const store = new ScheduleListStore(deps.dataSource.manager);
  return operation({
    method: 'get',
    path: '/schedules',
    id: 'listSchedules',
    scope: 'runs:read',
    summary: 'List schedules, the newest first',
    query: listQuery('sch'),
    answers: { 200: schedulesAnswer },
    serve: async ({ spaceId, query }) => {
      const wanted = wantedPage(query);
      const filter = { search: query.search ?? null, robotId: null };
      const found = await store.page(spaceId, { ...filter, ...sideOf(wanted) });
      const { items, pagination } = listPage('sch', found, wanted);
      const isCounted = query.includeCount === 'true';
      const counted = isCounted && countedPages(pagination, await store.count(spaceId, filter));
      return {
        status: 200,
        body: { data: items.map(presentSchedule), pagination: { ...pagination, ...counted } },
      };
    },
  });
}

function postSchedule(deps: ApiDeps): Operation {
  return operation({
    method: 'post',
    path: '/schedules',
    id: 'createSchedule',
    scope: 'runs:write',
    robotOf: ({ body }) => onlyRobot(flowsIn(body)),
    summary: 'Create a schedule',
    description:
      'Each moment of its trigger runs the flow of its target, once for each record; what became of each moment stands in its runs.',
    headers: { 'Idempotency-Key': 'Sent again with the same body, it finds the schedule that it made' },
    body: scheduleBody,
    answers: { 201: z.object({ id: z.string(), status: z.literal('created') }) },
    serve: async ({ spaceId, key, body, request, response }) => {
      const schedule = { ...newScheduleOf(body), keyId: key.id };
      const idempotencyKey = idempotencyKeyOf(request);
      const created = await createSchedule(deps, { ...schedule, spaceId, asked: body, idempotencyKey }).catch(
        toldAsSent(scheduleAsSent(schedule.target?.records ?? [])),
      );
      if (!created) throw flowNotFound(flowNamedIn(body.target) ?? '');
      tellReplayed(response, created);
      return { status: 201, body: { id: idFor('sch', created.schedule.id), status: 'created' } };
    },
  });
}

function getSchedule(deps: ApiDeps): Operation {
  const store = new ScheduleStore(deps.dataSource.manager);
  return operation({
    method: 'get',
    path,
    id: 'getSchedule',
    scope: 'runs:read',
    robotOf: robotOfSchedule(deps, scheduleIn),
    summary: 'Get a schedule',
    params,
    answers: { 200: scheduleSchema },
    serve: async ({ spaceId, params: { id } }) => {
      const schedule = await store.find(scheduleKeyOf(spaceId, id));
      if (!schedule) throw scheduleNotFound(id);
      return { status: 200, body: presentSchedule(schedule) };
    },
  });
}

function putSchedule(deps: ApiDeps): Operation {
  const robotOf = robotOfSchedule(deps, scheduleIn);
  return operation({
    method: 'put',
    path,
    id: 'updateSchedule',
    scope: 'runs:write',
    robotOf: async (asked) => onlyRobot([await robotOf(asked), ...flowsIn(asked.body)]),
    summary: 'Update a schedule',
    description:
      'What is left out stays as it is, also inside of `target`, `trigger` and `executionOptions`. Null takes away `inputs`, ' +
      '`executionOptions` and `pauseAfterFailures`, in `target` `recordType`, `recordIds`, `records`, `fileIds` and `recordFilter`, in ' +
      '`trigger` `startAt`, `endAt` and `maxFires`; with null as its `name` it has that of its flow. The very next run is by what was ' +
      'sent, and when the trigger changes the next moment is the first from now on.',
    params,
    body: scheduleChangeBody,
    answers: { 200: z.object({ id: z.string(), status: z.literal('updated') }) },
    serve: async ({ spaceId, key: asking, params: { id }, body }) => {
      const key = scheduleKeyOf(spaceId, id);
      const flow = body.target ? flowNamedIn(body.target) : null;
      let records: ScheduledRecord[] = [];
      const schedule = await updateSchedule(deps, key, (before) => {
        const change = { ...scheduleChange(body, before), keyId: limitedKey(asking) };
        ({ records } = change.target ?? before.target);
        return change;
      }).catch((error: unknown) => toldOfChange(flow, records)(error));
      if (!schedule) throw scheduleNotFound(id);
      return { status: 200, body: { id: idFor('sch', key.scheduleId), status: 'updated' } };
    },
  });
}

/** The flows that a body names: what is run, and whose rows are taken. */
function flowsIn({ target }: z.output<typeof scheduleChangeBody>): (string | null)[] {
  if (!target) return [];
  const named = [flowNamedIn(target), target.recordFilter?.flowId];
  return named.filter((flow) => typeof flow === 'string').map(readFlowId);
}

/** A flow that is not there is told as where a schedule is made. */
function toldOfChange(flow: string | null, records: ScheduledRecord[]): (error: unknown) => never {
  const told = toldAsSent(scheduleAsSent(records));
  return (error) => {
    if (error instanceof NoSuchRobotError && flow !== null) throw flowNotFound(flow);
    return told(error);
  };
}

function removeSchedule(deps: ApiDeps): Operation {
  return operation({
    method: 'delete',
    path,
    id: 'deleteSchedule',
    scope: 'runs:write',
    robotOf: robotOfSchedule(deps, scheduleIn),
    summary: 'Delete a schedule',
    description:
      'What became of its moments is deleted with it; runs that it started go on, and stay; one that was made with it, and waits for its moment, is cancelled.',
    params,
    answers: { 200: z.object({ id: z.string(), status: z.literal('deleted') }) },
    serve: async ({ spaceId, params: { id } }) => {
      const key = scheduleKeyOf(spaceId, id);
      if (!(await deleteSchedule(deps, key))) throw scheduleNotFound(id);
      return { status: 200, body: { id: idFor('sch', key.scheduleId), status: 'deleted' } };
    },
  });
}
