import { RobotStore } from '@runnel/store';
import type { ApiDeps } from '../../deps';
import { readBase36 } from '../../id-forms';
import { operation, type Operation } from '../../operation';
import { pageOf, type Walk } from './continuation';
import { checkAgent, processIdOf, processNotFound } from './ids';
import { presentProcess, processesAnswer, processSchema } from './present-process';
import { processListQuery, processQuery } from './query';

/** Processes: what runs are started of. */
export function processOperations(deps: ApiDeps): Operation[] {
  return [listProcesses(deps), getProcess(deps)];
}

function listProcesses(deps: ApiDeps): Operation {
  const store = new RobotStore(deps.dataSource.manager);
  return operation({
    method: 'get',
    path: '/processes',
    id: 'listProcesses',
    scope: 'robots:read',
    summary: 'The processes of an agent, newest first',
    query: processListQuery,
    answers: { 200: processesAnswer },
    serve: async ({ spaceId, query }) => {
      const { agent_id: agentId, limit, continuation_token: token } = query;
      checkAgent(spaceId, agentId);
      const walk: Walk = { list: 'processes', spaceId, filters: [] };
      const filter = { search: null, publishedOnly: false };
      const { items, next } = await pageOf(deps, { walk, token, limit }, (page) =>
        store.heads(spaceId, { ...filter, ...page }),
      );
      return { status: 200, body: { items: items.map(presentProcess), continuation_token: next } };
    },
  });
}

function getProcess(deps: ApiDeps): Operation {
  const store = new RobotStore(deps.dataSource.manager);
  return operation({
    method: 'get',
    path: '/processes/{process_id}',
    id: 'getProcess',
    scope: 'robots:read',
    robotOf: ({ params }) => readBase36(params.process_id),
    summary: 'A process',
    params: { process_id: 'The process' },
    query: processQuery,
    answers: { 200: processSchema },
    serve: async ({ spaceId, params, query }) => {
      checkAgent(spaceId, query.agent_id);
      const robot = await store.find(spaceId, processIdOf(params.process_id), 'draft');
      if (!robot) throw processNotFound(params.process_id);
      return { status: 200, body: presentProcess(robot) };
    },
  });
}
