import { RobotStore } from '@runnel/store';
import type { ApiDeps } from '../../deps';
import { operation, type Operation } from '../../operation';
import { flowPage } from './flow-page';
import { flowsAnswer, presentFlow } from './present-flow';
import { flowsQuery } from './query';

/** Robots. */
export function flowRoutes(deps: ApiDeps): Operation[] {
  const store = new RobotStore(deps.dataSource.manager);
  const listFlows = operation({
    method: 'get',
    path: '/flows',
    id: 'listFlows',
    summary: 'List flows, the newest first',
    query: flowsQuery,
    answers: { 200: flowsAnswer },
    serve: async ({ spaceId, query }) => {
      const { limit, cursor = null, includeCount } = query;
      const direction = query.direction ?? cursor?.direction ?? 'next';
      const filter = { search: query.search ?? null, publishedOnly: false };
      const place = cursor?.flowId ?? null;
      const side = direction === 'prev' ? { before: null, after: place } : { before: place, after: null };
      const found = await store.heads(spaceId, { ...filter, ...side, limit: limit + 1, skip: 0 });
      const { items, pagination } = flowPage(found, { limit, cursor, direction });
      const lastRuns = await store.lastRuns(items.map(({ id }) => id));
      const counted = includeCount === 'true' && {
        currentPage: Math.floor(pagination.currentOffset / limit) + 1,
        ...pagesOf(await store.count(spaceId, filter), limit),
      };
      return {
        status: 200,
        body: {
          data: items.map((robot) => presentFlow(robot, lastRuns.get(robot.id) ?? null)),
          pagination: { ...pagination, ...counted },
        },
      };
    },
  });
  return [listFlows];
}

function pagesOf(totalCount: number, limit: number): { totalCount: number; totalPages: number } {
  return { totalCount, totalPages: Math.ceil(totalCount / limit) };
}
