import { ListWalkStore, RunStore } from '@runnel/store';
import type { ApiDeps } from '../../deps';
import { operation, type Operation } from '../../operation';
import { listAnswer, listed } from './envelope';
import { noSuchSpace, refusalSchema } from './errors';
import { isTokenOf, spaceParam } from './ids';
import { pagesDescription, readPage } from './pages';
import { presentRun, runSchema } from './present-run';
import { runListQuery } from './query';

/** The runs of a space. */
export function runOperations({ dataSource }: ApiDeps): Operation[] {
  const runs = new RunStore(dataSource.manager);
  const walks = new ListWalkStore(dataSource.manager);
  const listRuns = operation({
    method: 'get',
    path: '/spaces/{space_token}/runs/',
    params: spaceParam,
    id: 'listRuns',
    scope: 'runs:read',
    summary: 'The runs of a space, newest first',
    description: pagesDescription,
    query: runListQuery,
    answers: { 200: listAnswer(runSchema), 206: refusalSchema },
    serve: async (asked) => {
      const { spaceId, params, query } = asked;
      if (!isTokenOf(spaceId, params.space_token)) return noSuchSpace(asked, []);
      const filter = { spaceId, statuses: query.status };
      const items = await readPage(walks, asked, {
        read: ({ after, ...page }) => runs.heads(filter, { ...page, before: after }),
        placeOf: ({ id }) => id,
      });
      return listed('Runs', await runs.count(filter), items.map(presentRun));
    },
  });
  return [listRuns];
}
