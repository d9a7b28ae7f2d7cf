import type { Space } from '@runnel/contracts';
import { RobotStore, SpaceStore } from '@runnel/store';
import type { ApiDeps } from '../../deps';
import { operation, type Operation } from '../../operation';
import { listAnswer, listed, one, oneAnswer } from './envelope';
import { noSuchSpace, refusalSchema } from './errors';
import { isTokenOf, spaceParam } from './ids';
import { checkOrganization, organization, organizationHeader, organizationSchema } from './organization';
import { oneSpaceSchema, presentSpace, spaceSchema } from './present-space';
import { pageQuery, type Page } from './query';

const agentsInSpace = 100;

/** The installation, and the one space that a key opens. */
export function spaceOperations(deps: ApiDeps): Operation[] {
  return [listOrganizations(), listSpaces(deps), getSpace(deps)];
}

function listOrganizations(): Operation {
  return operation({
    method: 'get',
    path: '/organizations/',
    id: 'listOrganizations',
    scope: 'any',
    robotOf: 'none',
    summary: 'The organizations that the key belongs to: this installation',
    query: pageQuery,
    answers: { 200: listAnswer(organizationSchema) },
    serve: ({ query }) => Promise.resolve(listed('Organizations', 1, onPage([organization], query))),
  });
}

function listSpaces({ dataSource }: ApiDeps): Operation {
  const spaces = new SpaceStore(dataSource.manager);
  return operation({
    method: 'get',
    path: '/spaces/',
    id: 'listSpaces',
    scope: 'any',
    summary: 'The spaces that the key opens: one',
    query: pageQuery,
    headers: organizationHeader,
    answers: { 200: listAnswer(spaceSchema) },
    serve: async (asked) => {
      checkOrganization(asked);
      const space = await spaces.find(asked.spaceId);
      const [newest] = await agentsOf(dataSource, asked.spaceId, 1);
      const all = space ? [presentSpace(space, newest)] : [];
      return listed('Spaces', all.length, onPage(all, asked.query));
    },
  });
}

function getSpace({ dataSource }: ApiDeps): Operation {
  const spaces = new SpaceStore(dataSource.manager);
  return operation({
    method: 'get',
    path: '/spaces/{space_token}/',
    params: spaceParam,
    id: 'getSpace',
    scope: 'any',
    summary: 'A space with its agents',
    headers: organizationHeader,
    answers: { 200: oneAnswer(oneSpaceSchema), 206: refusalSchema },
    serve: async (asked) => {
      checkOrganization(asked);
      const { spaceId, params } = asked;
      const space: Space | null = isTokenOf(spaceId, params.space_token) ? await spaces.find(spaceId) : null;
      if (!space) return noSuchSpace(asked);
      const agents = await agentsOf(dataSource, spaceId, agentsInSpace);
      const shown = agents.map(({ name, handle }) => ({ name, handle, type: 'scrape' as const }));
      return one('Space Fetched Successfully', { ...presentSpace(space, agents[0]), agents: shown });
    },
  });
}

function agentsOf({ manager }: ApiDeps['dataSource'], spaceId: string, limit: number) {
  return new RobotStore(manager).heads(spaceId, {
    ...{ search: null, publishedOnly: true },
    ...{ limit, before: null, skip: 0 },
  });
}

/** Of a list that is at hand. */
function onPage<Item>(items: Item[], { page, page_size }: Page): Item[] {
  return items.slice((page - 1) * page_size, page * page_size);
}
