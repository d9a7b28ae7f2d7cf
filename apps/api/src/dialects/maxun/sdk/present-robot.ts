import { inputsOf, originUrl, type Definition, type Schedule } from '@runnel/contracts';
import type { RobotWithDefinition } from '@runnel/store';
import { z } from 'zod';
import { formatsOf, formatWords } from '../formats';
import { presentSchedule, scheduleSchema } from '../present-schedule';

const robotTypes = ['extract', 'scrape', 'crawl'] as const;
type RobotType = (typeof robotTypes)[number];

const moment = z.iso.datetime();

/** A robot as Maxun's clients read it. */
const robotSchema = z.object({
  id: z.uuid(),
  recording_meta: z.object({
    id: z.uuid(),
    name: z.string(),
    type: z.enum(robotTypes),
    robotType: z.enum(robotTypes),
    url: z.string().nullable().meta({ description: 'The first address that it opens, where it names one' }),
    formats: z.array(z.enum(formatWords)),
    createdAt: moment,
    updatedAt: moment,
    params: z.array(z.unknown()),
  }),
  recording: z.object({
    workflow: z.array(z.unknown()).meta({
      description: 'Empty: a workflow is translated when it is sent, and not kept',
    }),
    definition: z.unknown().optional().meta({
      description: 'What the robot does, in the language of /api/robots; left out of lists',
    }),
  }),
  schedule: scheduleSchema.nullable().meta({ description: 'Of several the oldest' }),
  webhooks: z.array(z.unknown()).meta({ description: 'Robots have none yet' }),
  createdAt: moment,
  updatedAt: moment,
});

export const robotAnswer = z.object({ data: robotSchema });
export const robotsAnswer = z.object({
  data: z.array(robotSchema),
  totalCount: z.number().int(),
  nextCursor: z.string().nullable(),
});
export const createdAnswer = z.object({ data: robotSchema, message: z.string() });
export const existingAnswer = createdAnswer.extend({ existing: z.literal(true) });

export function presentRobot(
  robot: RobotWithDefinition,
  { schedule, withDefinition = true }: { schedule: Schedule | null; withDefinition?: boolean },
): z.infer<typeof robotSchema> {
  const { id, name, definition } = robot;
  const type = typeOf(definition);
  const times = { createdAt: robot.createdAt.toISOString(), updatedAt: robot.updatedAt.toISOString() };
  const formats = formatsOf(definition);
  const meta = { id, name, type, robotType: type, url: urlOf(definition), formats, ...times, params: [] };
  return {
    id,
    recording_meta: meta,
    recording: { workflow: [], ...(withDefinition && { definition }) },
    schedule: schedule && presentSchedule(schedule),
    webhooks: [],
    ...times,
  };
}

/** Maxun's word for what a robot does: it crawls, or reads whole pages, or reads fields of them. */
export function typeOf(definition: Definition): RobotType {
  const types = definition.steps.map(({ type }) => type);
  if (types.includes('crawl')) return 'crawl';
  if (types.includes('extract') || types.includes('extractList')) return 'extract';
  return formatsOf(definition).length > 0 ? 'scrape' : 'extract';
}

/** The first address that a robot opens. */
export function urlOf(definition: Definition): string | null {
  const address = inputsOf(definition).find(({ name }) => name === originUrl)?.default;
  return typeof address === 'string' ? address : null;
}
