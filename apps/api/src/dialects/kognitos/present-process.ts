import type { Robot } from '@runnel/contracts';
import { z } from 'zod';
import { asBase36 } from '../../id-forms';
import { idSchema, nameSchema, shownName } from './resource';
import { stageWords } from './status-words';

export const processSchema = z.object({
  id: idSchema,
  name: nameSchema,
  agent_id: idSchema,
  stage: z.enum(stageWords).meta({ description: 'Published once a version of it is' }),
});

export const processesAnswer = z.object({
  items: z.array(processSchema).nullable(),
  continuation_token: z.string().nullable(),
});

export function presentProcess(robot: Robot): z.infer<typeof processSchema> {
  return {
    id: asBase36(robot.id),
    name: shownName(robot.name),
    agent_id: asBase36(robot.spaceId),
    stage: robot.publishedVersion === null ? 'Draft' : 'Published',
  };
}
