import type { RobotWithDefinition } from '@runnel/store';
import { z } from 'zod';

export const agentSchema = z.object({
  handle: z
    .string()
    .meta({ description: 'Names the agent in paths, and as `pilot`', example: 'store-prices' }),
  name: z.string(),
  type: z.literal('scrape'),
  state: z.literal('published'),
  description: z.string(),
  purpose: z.string(),
});

export function presentAgent({ handle, name, definition }: RobotWithDefinition): z.infer<typeof agentSchema> {
  const { title = name, description = '' } = definition;
  return { handle, name, type: 'scrape', state: 'published', description, purpose: title };
}
