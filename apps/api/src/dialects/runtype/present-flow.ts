import type { Robot } from '@runnel/contracts';
import { z } from 'zod';
import { idFor } from './ids';
import { listPagination } from './list-page';
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

export const flowsAnswer = z.object({ data: z.array(flowSchema), pagination: listPagination });

export function presentFlow(robot: Robot, lastRunAt: Date | null): z.infer<typeof flowSchema> {
  return {
    id: idFor('flow', robot.id),
    name: robot.name,
    createdAt: momentOf(robot.createdAt),
    updatedAt: momentOf(robot.updatedAt),
    lastRunAt: momentOrNull(lastRunAt),
  };
}
