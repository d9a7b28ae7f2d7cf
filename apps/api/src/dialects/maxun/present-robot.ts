import { inputsOf } from '@runnel/contracts';
import type { RobotWithDefinition } from '@runnel/store';
import { z } from 'zod';

const inputParameter = z.object({
  type: z.string(),
  name: z.string(),
  label: z.string(),
  required: z.boolean(),
  defaultValue: z.unknown(),
});

const robotSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    createdAt: z.number().int(),
    inputParameters: z.array(inputParameter),
    version: z.number().int(),
    publishedVersion: z.number().int().nullable(),
    definition: z.unknown().optional(),
    links: z.record(z.string(), z.string()),
  })
  .meta({ id: 'Robot' });

export const robotAnswer = z.object({
  statusCode: z.literal(200),
  messageCode: z.literal('success'),
  robot: robotSchema,
});
export const createdAnswer = z.object({
  statusCode: z.literal(201),
  messageCode: z.literal('success'),
  robot: robotSchema,
});
export const versionsAnswer = z.object({
  statusCode: z.literal(200),
  messageCode: z.literal('success'),
  versions: z.object({
    totalCount: z.number(),
    items: z.array(
      z.object({ version: z.number().int(), createdAt: z.number().int(), isPublished: z.boolean() }),
    ),
  }),
});
export const robotsAnswer = z.object({
  statusCode: z.literal(200),
  messageCode: z.literal('success'),
  robots: z.object({
    totalCount: z.number(),
    items: z.array(robotSchema),
    nextCursor: z.string().nullable(),
  }),
});

export const deletedAnswer = z.object({
  statusCode: z.literal(200),
  messageCode: z.literal('success'),
  message: z.string(),
});

export function presentRobot(
  robot: RobotWithDefinition,
  base: string,
  { withDefinition }: { withDefinition: boolean },
): z.infer<typeof robotSchema> {
  const self = `${base}/api/robots/${robot.id}`;
  return {
    id: robot.id,
    name: robot.name,
    createdAt: robot.createdAt.getTime(),
    inputParameters: inputsOf(robot.definition).map((input) => ({
      type: input.type,
      name: input.name,
      label: input.label ?? input.name,
      required: input.required,
      defaultValue: input.default ?? null,
    })),
    version: robot.version,
    publishedVersion: robot.publishedVersion,
    ...(withDefinition && { definition: robot.definition }),
    links: { self, runs: `${self}/runs` },
  };
}
