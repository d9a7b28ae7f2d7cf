import type { Fault } from '@runnel/contracts';
import { z } from 'zod';

/** One thing that is wrong with what was sent, and where. */
export const faultSchema = z.object({
  path: z.string().meta({ description: 'Where: `records[3].inputs.url`' }),
  message: z.string(),
  found: z.unknown().optional(),
  allowed: z.array(z.string()).optional(),
  didYouMean: z.string().optional(),
}) satisfies z.ZodType<Fault>;
