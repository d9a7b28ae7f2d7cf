import { closedObject } from '@runnel/contracts';
import { z } from 'zod';
import { stageOf, stageWords } from './status-words';

const agentId = z.string().meta({
  description: 'The agent: the space that the key opens',
  example: 'b4fznghynbdemslfd5k044fgd',
});

/** To a hundred. An empty text is the contract's null. */
const limitOf = (usual: number) => {
  const message = 'must be a whole number from 1 to 100';
  return z
    .string()
    .regex(/^\d{0,9}$/, message)
    .transform((text) => (text === '' ? usual : Number(text)))
    .refine((count) => count >= 1 && count <= 100, message)
    .default(usual)
    .meta({ description: `At most so many items, from 1 to 100; ${usual} when it is not said` });
};

const continuationToken = z
  .string()
  .transform((text) => (text === '' ? null : text))
  .default(null)
  .meta({ description: 'Of the page before, with the same agent, process and stage' });

const stage = z
  .string()
  .transform((text) => (text === '' ? null : text))
  .pipe(z.enum(stageWords).nullable())
  .transform((word) => word && stageOf(word))
  .default(null)
  .meta({ description: 'Only runs that were started of this stage', enum: [...stageWords, ''] });

export const runListQuery = closedObject({
  agent_id: agentId,
  process_id: z.string().meta({ description: 'The process whose runs are asked for' }),
  limit: limitOf(10),
  stage,
  continuation_token: continuationToken,
});

export const processListQuery = closedObject({
  agent_id: agentId,
  limit: limitOf(50),
  continuation_token: continuationToken,
});

export const processQuery = closedObject({ agent_id: agentId });
