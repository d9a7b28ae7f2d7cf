import { SpaceStore } from '@runnel/store';
import { z } from 'zod';
import type { ApiDeps } from '../../deps';
import { asBase36, asToken } from '../../id-forms';
import { operation, type Operation } from '../../operation';

const spacesAnswer = z.object({
  statusCode: z.literal(200),
  messageCode: z.literal('success'),
  spaces: z.object({
    totalCount: z.number().int(),
    items: z.array(
      z.object({
        id: z.uuid(),
        name: z.string(),
        token: z.string().meta({ description: 'Its name under /api/v2/platform/spaces' }),
        agentId: z.string().meta({ description: 'Its name as `agent_id` of /runs and /processes' }),
        createdAt: z.string(),
      }),
    ),
  }),
});

/** The space that a key opens, under the name that each dialect has for it. */
export function spaceOperations({ dataSource }: ApiDeps): Operation[] {
  const store = new SpaceStore(dataSource.manager);
  const listSpaces = operation({
    method: 'get',
    path: '/spaces',
    id: 'listSpaces',
    scope: 'any',
    robotOf: 'none',
    summary: 'The space that the key opens, as each dialect names it',
    answers: { 200: spacesAnswer },
    serve: async ({ spaceId }) => {
      const space = await store.find(spaceId);
      const items = (space ? [space] : []).map(({ id, name, createdAt }) => ({
        ...{ id, name, createdAt: createdAt.toISOString() },
        ...{ token: asToken(id), agentId: asBase36(id) },
      }));
      const spaces = { totalCount: items.length, items };
      return { status: 200, body: { statusCode: 200, messageCode: 'success', spaces } };
    },
  });
  return [listSpaces];
}
