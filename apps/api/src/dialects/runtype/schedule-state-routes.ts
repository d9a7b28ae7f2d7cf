import { closedObject } from '@runnel/contracts';
import { pauseSchedule, pauseSchedules, resumeSchedule, resumeSchedules } from '@runnel/services';
import { z } from 'zod';
import type { ApiDeps } from '../../deps';
import { operation, type Operation } from '../../operation';
import { robotOfSchedule } from '../../robot-of';
import { idFor, scheduleKeyOf, scheduleNotFound, scheduleIn } from './ids';
import { momentOrNull, momentSchema } from './moment';

/** Stops schedules from starting runs by themselves, and lets them go on. */
export function scheduleStateRoutes(deps: ApiDeps): Operation[] {
  return [pauseAll(deps), resumeAll(deps), pause(deps), resume(deps)];
}

const params = { id: 'Of a schedule, a `sch_…`' };
const count = z.number().int().min(0);

const pauseBody = closedObject({
  note: z.string().trim().min(1).max(1_000).nullish().meta({ description: 'Why, for those who ask later' }),
});

function pauseAll(deps: ApiDeps): Operation {
  return operation({
    method: 'post',
    path: '/schedules/pause-all',
    id: 'pauseAllSchedules',
    scope: 'runs:write',
    summary: 'Pause all schedules',
    body: pauseBody,
    answers: { 200: z.object({ status: z.literal('paused'), count }) },
    serve: async ({ spaceId, body: { note = null } }) => {
      const changed = await pauseSchedules(deps, spaceId, note);
      return { status: 200, body: { status: 'paused', count: changed } };
    },
  });
}

function resumeAll(deps: ApiDeps): Operation {
  return operation({
    method: 'post',
    path: '/schedules/resume-all',
    id: 'resumeAllSchedules',
    scope: 'runs:write',
    summary: 'Resume all schedules',
    description: 'Those that a person paused, and those that paused by themselves.',
    answers: { 200: z.object({ status: z.literal('resumed'), count }) },
    serve: async ({ spaceId }) => {
      const changed = await resumeSchedules(deps, spaceId);
      return { status: 200, body: { status: 'resumed', count: changed } };
    },
  });
}

function pause(deps: ApiDeps): Operation {
  return operation({
    method: 'post',
    path: '/schedules/{id}/pause',
    id: 'pauseSchedule',
    scope: 'runs:write',
    robotOf: robotOfSchedule(deps, scheduleIn),
    summary: 'Pause a schedule',
    description:
      'Its moments are noted as skipped until it is resumed, and what waits is skipped; a run that has begun goes on. One that was made with the schedule is cancelled if its moment comes before it is resumed.',
    params,
    body: pauseBody,
    answers: { 200: z.object({ id: z.string(), status: z.literal('paused') }) },
    serve: async ({ spaceId, params: { id }, body: { note = null } }) => {
      const schedule = await pauseSchedule(deps, scheduleKeyOf(spaceId, id), note);
      if (!schedule) throw scheduleNotFound(id);
      return { status: 200, body: { id: idFor('sch', schedule.id), status: 'paused' } };
    },
  });
}

function resume(deps: ApiDeps): Operation {
  return operation({
    method: 'post',
    path: '/schedules/{id}/resume',
    id: 'resumeSchedule',
    scope: 'runs:write',
    robotOf: robotOfSchedule(deps, scheduleIn),
    summary: 'Resume a schedule',
    params,
    answers: {
      200: z.object({ id: z.string(), status: z.literal('resumed'), nextRunAt: momentSchema.nullable() }),
    },
    serve: async ({ spaceId, params: { id } }) => {
      const schedule = await resumeSchedule(deps, scheduleKeyOf(spaceId, id));
      if (!schedule) throw scheduleNotFound(id);
      const nextRunAt = momentOrNull(schedule.dueAt);
      return { status: 200, body: { id: idFor('sch', schedule.id), status: 'resumed', nextRunAt } };
    },
  });
}
