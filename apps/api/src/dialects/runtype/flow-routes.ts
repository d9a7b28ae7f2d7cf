import { RobotStore } from '@runnel/store';
import type { ApiDeps } from '../../deps';
import { operation, type Operation } from '../../operation';
import { countedPages, listPage, sideOf, wantedPage } from './list-page';
import { flowsAnswer, presentFlow } from './present-flow';
import { listQuery } from './query';

/** Robots. */
export function flowRoutes(deps: ApiDeps): Operation[] {
  const store = new RobotStore(deps.dataSource.manager);
  const listFlows = operation({
    method: 'get',
    path: '/flows',
    id: 'listFlows',
    scope: 'robots:read',
    summary: 'List flows, the newest first',
    query: listQuery('flow'),
    answers: { 200: flowsAnswer },
    serve: async ({ spaceId, query }) => {
      const wanted = wantedPage(query);
      const filter = { search: query.search ?? null, publishedOnly: false };
      const found = await store.heads(spaceId, { ...filter, ...sideOf(wanted), skip: 0 });
      const { items, pagination } = listPage('flow', found, wanted);
      const lastRuns = await store.lastRuns(items.map(({ id }) => id));
      const isCounted = query.includeCount === 'true';
      const counted = isCounted && countedPages(pagination, await store.count(spaceId, filter));
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
