import { ListWalkStore, RobotStore, RunStore, type RobotWithDefinition } from '@runnel/store';
import type { ApiDeps } from '../../deps';
import { HttpProblem } from '../../http-problem';
import { operation, type Operation } from '../../operation';
import { robotOfHandle } from '../../robot-of';
import { listAnswer, listed } from './envelope';
import { findAgent } from './find-agent';
import { agentParam, isHandle } from './ids';
import { checkOrganization, organizationHeader } from './organization';
import { pagesDescription, readPage } from './pages';
import { agentSchema, presentAgent } from './present-agent';
import { executionSchema, presentExecution } from './present-run';
import { taskSchema } from './present-task';
import { presentTasks } from './present-tasks';
import { pageQuery, runListQuery, taskListQuery } from './query';
import { tasksOn } from './task-routes';

/** Agents: robots with a published version. */
export function agentOperations(deps: ApiDeps): Operation[] {
  return [listAgents(deps), listAgentTasks(deps), listExecutions(deps)];
}

function listAgents({ dataSource: { manager } }: ApiDeps): Operation {
  const robots = new RobotStore(manager);
  const walks = new ListWalkStore(manager);
  const filter = { search: null, publishedOnly: true };
  return operation({
    method: 'get',
    path: '/agents/',
    id: 'listAgents',
    scope: 'robots:read',
    summary: 'The published robots, newest first',
    description: pagesDescription,
    query: pageQuery,
    headers: organizationHeader,
    answers: { 200: listAnswer(agentSchema) },
    serve: async (asked) => {
      checkOrganization(asked);
      const items = await readPage(walks, asked, {
        read: ({ after, ...page }) => robots.list(asked.spaceId, { ...filter, ...page, before: after }),
        placeOf: ({ id }) => id,
      });
      return listed('Agents', await robots.count(asked.spaceId, filter), items.map(presentAgent));
    },
  });
}

function listAgentTasks(deps: ApiDeps): Operation {
  const { dataSource } = deps;
  return operation({
    method: 'get',
    path: '/agents/{agent_handle}/tasks/',
    params: agentParam,
    id: 'listAgentTasks',
    scope: 'runs:read',
    robotOf: robotOfHandle(deps, handleIn),
    summary: 'The tasks of all runs of an agent, those of the newest run first',
    description: pagesDescription,
    query: taskListQuery,
    answers: { 200: listAnswer(taskSchema) },
    serve: async (asked) => {
      const { id } = await agentAt(dataSource, asked);
      const { count, items } = await tasksOn(dataSource, asked, id);
      return listed('Tasks', count, await presentTasks(dataSource, items, asked.links));
    },
  });
}

function listExecutions(deps: ApiDeps): Operation {
  const { dataSource } = deps;
  const runs = new RunStore(dataSource.manager);
  const walks = new ListWalkStore(dataSource.manager);
  return operation({
    method: 'get',
    path: '/agents/{agent_handle}/executions/',
    params: agentParam,
    id: 'listExecutions',
    scope: 'runs:read',
    robotOf: robotOfHandle(deps, handleIn),
    summary: 'The runs of an agent, newest first',
    description: pagesDescription,
    query: runListQuery,
    headers: organizationHeader,
    answers: { 200: listAnswer(executionSchema) },
    serve: async (asked) => {
      checkOrganization(asked);
      const { id: robotId } = await agentAt(dataSource, asked);
      const { spaceId, query } = asked;
      const wanted = { spaceId, robotId, statuses: query.status };
      const items = await readPage(walks, asked, {
        read: ({ after, ...page }) => runs.heads(wanted, { ...page, before: after }),
        placeOf: ({ id }) => id,
      });
      return listed('Executions', await runs.count(wanted), items.map(presentExecution));
    },
  });
}

function handleIn({ params }: { params: { agent_handle: string } }): string | null {
  return isHandle(params.agent_handle) ? params.agent_handle : null;
}

/** @throws HttpProblem when the path names no agent of the space. */
async function agentAt(
  dataSource: ApiDeps['dataSource'],
  { spaceId, params }: { spaceId: string; params: { agent_handle: string } },
): Promise<RobotWithDefinition> {
  const agent = await findAgent(dataSource, spaceId, params.agent_handle);
  if (!agent) throw new HttpProblem('NOT_FOUND', `Agent "${params.agent_handle}" not found`);
  return agent;
}
