import type { Robot } from '@runnel/contracts';
import { z } from 'zod';
import { idFor } from './ids';
import { momentOf, momentOrNull, momentSchema } from './moment';

const flowSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    createdAt: momentSchema,
    updatedAt: momentSchema,
    lastRunAt: momentSchema.nullable(),
  })
  .meta({ id: 'Flow' });

const count = z.number().int().min(0);

export const flowsAnswer = z.object({
  data: z.array(flowSchema),
  pagination: z.object({
    currentOffset: count,
    hasMore: z.boolean(),
    hasPrev: z.boolean(),
    limit: count,
    nextCursor: z.string().nullable(),
    prevCursor: z.string().nullable(),
    currentPage: count.optional(),
    totalCount: count.optional(),
    totalPages: count.optional(),
  }),
});

export function presentFlow(robot: Robot, lastRunAt: Date | null): z.infer<typeof flowSchema> {
  return {
    id: idFor('flow', robot.id),
    name: robot.name,
    createdAt: momentOf(robot.createdAt),
    updatedAt: momentOf(robot.updatedAt),
    lastRunAt: momentOrNull(lastRunAt),
  };
}
