import { RobotStore, RowStore, RunStore } from '@runnel/store';
import type { ApiDeps } from '../../deps';
import { readBase36 } from '../../id-forms';
import { operation, type Operation } from '../../operation';
import { robotOfRun } from '../../robot-of';
import { pageOf, type Walk } from './continuation';
import { checkAgent, processIdOf, processNotFound, runIdOf, runNotFound } from './ids';
import { presentRun, runsAnswer, runSchema } from './present-run';
import { runListQuery } from './query';
import { firstRowsOf } from './read-rows';

export function runOperations(deps: ApiDeps): Operation[] {
  return [listRuns(deps), getRun(deps)];
}

function listRuns(deps: ApiDeps): Operation {
  const { manager } = deps.dataSource;
  const [store, robots, rowStore] = [new RunStore(manager), new RobotStore(manager), new RowStore(manager)];
  return operation({
    method: 'get',
    path: '/runs',
    id: 'listRuns',
    scope: 'runs:read',
    robotOf: ({ query }) => readBase36(query.process_id),
    summary: 'The runs of a process, newest first',
    query: runListQuery,
    answers: { 200: runsAnswer },
    serve: async ({ spaceId, query, links }) => {
      const { stage, limit, continuation_token: token } = query;
      checkAgent(spaceId, query.agent_id);
      const robotId = processIdOf(query.process_id);
      if (!(await robots.exists(spaceId, robotId))) throw processNotFound(query.process_id);
      const walk: Walk = { list: 'runs', spaceId, filters: [robotId, stage] };
      const { items, next } = await pageOf(deps, { walk, token, limit }, (page) =>
        store.list({ spaceId, robotId, stage }, { ...page, rows: 0 }),
      );
      const rows = await firstRowsOf(rowStore, items);
      const shown = items.map((run) => presentRun(run, rows.get(run.id) ?? [], links));
      return { status: 200, body: { items: shown, continuation_token: next } };
    },
  });
}

function getRun(deps: ApiDeps): Operation {
  const rowStore = new RowStore(deps.dataSource.manager);
  return operation({
    method: 'get',
    path: '/runs/{run_id}',
    id: 'getRun',
    scope: 'runs:read',
    robotOf: robotOfRun(deps, ({ params }: { params: { run_id: string } }) => readBase36(params.run_id)),
    summary: 'A run',
    params: { run_id: 'The run' },
    answers: { 200: runSchema },
    serve: async ({ spaceId, params, links }) => {
      const key = { spaceId, robotId: null, runId: runIdOf(params.run_id) };
      const run = await deps.views.find(key, 0);
      if (!run) throw runNotFound(params.run_id);
      const rows = await firstRowsOf(rowStore, [run]);
      return { status: 200, body: presentRun(run, rows.get(run.id) ?? [], links) };
    },
  });
}
