import { FireStore, ScheduleStore } from '@runnel/store';
import type { ApiDeps } from '../../deps';
import { operation, type Operation } from '../../operation';
import { robotOfSchedule } from '../../robot-of';
import { scheduleKeyOf, scheduleNotFound, scheduleIn } from './ids';
import { presentScheduleRun, runsOfScheduleAnswer, scheduleRunsAnswer } from './present-schedule-run';
import {
  daysBefore,
  lastDays,
  presentSparklines,
  presentStats,
  sparklinesAnswer,
  statsAnswer,
} from './present-schedule-stats';
import { runsOfScheduleQuery, scheduleRunsQuery, sparklinesQuery, statsQuery } from './query';

/** What became of the moments of schedules. */
export function scheduleRunRoutes(deps: ApiDeps): Operation[] {
  const { manager } = deps.dataSource;
  const [fires, schedules] = [new FireStore(manager), new ScheduleStore(manager)];
  return [
    listRuns(fires),
    getSparklines(fires, schedules),
    listRunsOf(deps, fires),
    getStats(deps, { fires, schedules }),
  ];
}

const params = { id: 'Of a schedule, a `sch_…`' };

function listRuns(store: FireStore): Operation {
  return operation({
    method: 'get',
    path: '/schedules/runs',
    id: 'listScheduleRuns',
    scope: 'runs:read',
    summary: 'List all schedule runs',
    description:
      'What became of each moment of every schedule, the newest first: also of those that started no run.',
    query: scheduleRunsQuery,
    answers: { 200: scheduleRunsAnswer },
    serve: async ({ spaceId, query }) => {
      const { limit, offset, status: states = null, scheduleId = null } = query;
      const found = await store.list(spaceId, { scheduleId, states, skip: offset, limit });
      const data = found.items.map(presentScheduleRun);
      const total = found.totalCount;
      const pagination = { hasMore: offset + data.length < total, limit, offset, total };
      return { status: 200, body: { data, pagination } };
    },
  });
}

function listRunsOf(deps: ApiDeps, store: FireStore): Operation {
  return operation({
    method: 'get',
    path: '/schedules/{id}/runs',
    id: 'listRunsOfSchedule',
    scope: 'runs:read',
    robotOf: robotOfSchedule(deps, scheduleIn),
    summary: 'List runs for a schedule',
    description: 'The newest first. `GET /v1/schedules/runs?scheduleId=` gives all of them, in pages.',
    params,
    query: runsOfScheduleQuery,
    answers: { 200: runsOfScheduleAnswer },
    serve: async ({ spaceId, params: { id }, query: { limit } }) => {
      const fires = await store.listOf(scheduleKeyOf(spaceId, id), limit);
      if (!fires) throw scheduleNotFound(id);
      return { status: 200, body: { data: fires.map(presentScheduleRun) } };
    },
  });
}

function getStats(
  deps: ApiDeps,
  { fires: store, schedules }: { fires: FireStore; schedules: ScheduleStore },
): Operation {
  return operation({
    method: 'get',
    path: '/schedules/{id}/stats',
    id: 'getScheduleStats',
    scope: 'runs:read',
    robotOf: robotOfSchedule(deps, scheduleIn),
    summary: 'Get schedule statistics',
    params,
    query: statsQuery,
    answers: { 200: statsAnswer },
    serve: async ({ spaceId, params: { id }, query: { days } }) => {
      const key = scheduleKeyOf(spaceId, id);
      const now = await schedules.now();
      const stats = await store.stats(key, days === undefined ? null : daysBefore(now, days));
      if (!stats) throw scheduleNotFound(id);
      return { status: 200, body: presentStats(key.scheduleId, stats) };
    },
  });
}

function getSparklines(store: FireStore, schedules: ScheduleStore): Operation {
  return operation({
    method: 'get',
    path: '/schedules/sparklines',
    id: 'getScheduleSparklines',
    scope: 'runs:read',
    summary: 'Get schedule sparklines',
    description: 'Day by day, what became of the moments of schedules: those of `ids`, or the newest 100.',
    query: sparklinesQuery,
    answers: { 200: sparklinesAnswer },
    serve: async ({ spaceId, query: { days: dayCount, ids: scheduleIds = null } }) => {
      const days = lastDays(dayCount, await schedules.now());
      const found = await store.sparklines(spaceId, { scheduleIds, since: new Date(`${days[0]}T00:00:00Z`) });
      return { status: 200, body: presentSparklines(found, days) };
    },
  });
}
