import { failureSchema } from '@runnel/contracts';
import type { RunView } from '@runnel/store';
import { z } from 'zod';
import { artifactUrl, dataUrl, runUrl, type Links } from '../../run-links';
import { statusWords, wordFor } from './status-words';

/** At most this many rows stand in a run's `data`. */
export const rowsInData = 1_000;

const runSchema = z
  .object({
    id: z.uuid(),
    status: z.enum(statusWords),
    name: z.string(),
    robotId: z.uuid(),
    startedAt: z.string().nullable(),
    finishedAt: z.string().nullable(),
    runId: z.uuid(),
    runByUserId: z.string().nullable(),
    runByScheduleId: z.string().nullable(),
    runByAPI: z.literal(true).nullable(),
    data: z.array(z.unknown()),
    dataTruncated: z.literal(true).optional(),
    screenshot: z.string().nullable(),
    robotVersion: z.number().int(),
    lists: z.record(z.string(), z.object({ count: z.number().int() })),
    screenshots: z.array(z.string()),
    artifacts: z.array(
      z.object({ name: z.string(), contentType: z.string(), size: z.number().int(), url: z.string() }),
    ),
    error: failureSchema.nullable(),
    progress: z.object({
      tasks: z.number().int(),
      done: z.number().int(),
      succeeded: z.number().int(),
      failed: z.number().int(),
      aborted: z.number().int(),
      rows: z.number().int(),
    }),
    priority: z.number().int(),
    retryOf: z.uuid().nullable(),
    keyId: z.uuid().nullable().meta({ description: 'The API key that asked for it' }),
    attempts: z.number().int(),
    seq: z.number().int(),
    tags: z.array(z.string()),
    timestamps: z.object({
      createdAt: z.string(),
      startedAt: z.string().nullable(),
      finishedAt: z.string().nullable(),
    }),
    links: z.record(z.string(), z.string()),
  })
  .meta({ id: 'Run' });

export const runAnswer = z.object({
  statusCode: z.literal(200),
  messageCode: z.literal('success'),
  run: runSchema,
});
export const runsAnswer = z.object({
  statusCode: z.literal(200),
  messageCode: z.literal('success'),
  runs: z.object({ totalCount: z.number(), items: z.array(runSchema), nextCursor: z.string().nullable() }),
});

export const dataAnswer = z.object({
  statusCode: z.literal(200),
  messageCode: z.literal('success'),
  data: z.object({ totalCount: z.number(), items: z.array(z.unknown()), nextCursor: z.string().nullable() }),
});

export function presentRun(run: RunView, links: Links): z.infer<typeof runSchema> {
  const artifacts = run.artifacts.map(({ taskId, name, contentType, size }) => ({
    name,
    contentType,
    size,
    url: artifactUrl(run, { taskId, name }, links),
  }));
  const screenshots = artifacts.filter(isImage).map(({ url }) => url);
  return {
    id: run.taskCount === 1 ? run.firstTaskId : run.id,
    status: wordFor(run.status),
    name: run.name,
    robotId: run.robotId,
    startedAt: asSeedPrints(run.startedAt),
    finishedAt: asSeedPrints(run.finishedAt),
    runId: run.id,
    runByUserId: null,
    runByScheduleId: run.scheduleId,
    runByAPI: run.scheduleId === null && run.origin === 'api' ? true : null,
    data: run.rows,
    ...(run.rows.length < run.rowCount && { dataTruncated: true }),
    screenshot: screenshots[0] ?? null,
    robotVersion: run.robotVersion,
    lists: Object.fromEntries(Object.entries(run.lists).map(([list, count]) => [list, { count }])),
    screenshots,
    artifacts,
    error: run.failure,
    progress: progressOf(run),
    priority: run.priority,
    retryOf: run.retryOf,
    keyId: run.keyId,
    attempts: run.attempts,
    seq: run.seq,
    tags: run.tags,
    timestamps: {
      createdAt: run.createdAt.toISOString(),
      startedAt: run.startedAt?.toISOString() ?? null,
      finishedAt: run.finishedAt?.toISOString() ?? null,
    },
    links: linksOf(run, links.base),
  };
}

function progressOf(run: RunView): z.infer<typeof runSchema>['progress'] {
  return {
    tasks: run.taskCount,
    done: run.tasksSucceeded + run.tasksFailed + run.tasksTimedOut + run.tasksAborted,
    succeeded: run.tasksSucceeded,
    failed: run.tasksFailed + run.tasksTimedOut,
    aborted: run.tasksAborted,
    rows: run.rowCount,
  };
}

function linksOf(run: RunView, base: string): Record<string, string> {
  const { robotId, retryOf } = run;
  const self = runUrl(run, base);
  return {
    self,
    robot: `${base}/api/robots/${robotId}`,
    data: dataUrl(run, base),
    tasks: `${self}/tasks`,
    events: `${self}/events`,
    abort: `${self}/abort`,
    retry: `${self}/retry`,
    ...(retryOf !== null && { retryOf: runUrl({ id: retryOf, robotId }, base) }),
  };
}

function isImage({ contentType }: { contentType: string }): boolean {
  return contentType.startsWith('image/');
}

/** "8/1/2025, 12:04:24 am": day first, UTC. */
export function asSeedPrints(moment: Date | null): string | null {
  if (moment === null) return null;
  const hours = moment.getUTCHours();
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = `${moment.getUTCDate()}/${moment.getUTCMonth() + 1}/${moment.getUTCFullYear()}`;
  const time = `${hours % 12 === 0 ? 12 : hours % 12}:${two(moment.getUTCMinutes())}:${two(moment.getUTCSeconds())}`;
  return `${day}, ${time} ${hours < 12 ? 'am' : 'pm'}`;
}
