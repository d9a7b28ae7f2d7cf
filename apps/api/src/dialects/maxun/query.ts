import { closedObject, taskStatuses } from '@runnel/contracts';
import { z } from 'zod';
import { wholeNumber, wordList } from '../../query-parts';
import { placeInCursor } from './ids';
import { statusesFor, statusWords, taskStatusesFor, wordFor } from './status-words';

/** A cursor, read back by whoever made it. */
const cursorOf = <T>(readBack: (text: string) => T | null) =>
  z
    .string()
    .transform((text, context) => {
      const place = readBack(text);
      if (place === null) context.addIssue({ code: 'custom', message: 'is not a cursor that this API gave' });
      return place;
    })
    .optional();

const cursor = z.string().max(200).optional().meta({ description: 'The `nextCursor` of the page before' });

const limit = wholeNumber(1, 500).default(50);

const moment = z.iso
  .datetime({ offset: true, error: 'must be a moment like 2025-01-31T08:00:00Z' })
  .transform((text) => new Date(text))
  .optional();

const status = wordList(statusWords, statusesFor).optional();

export const robotListQuery = closedObject({ limit, cursor, search: z.string().max(200).optional() });

export const runListQuery = closedObject({
  limit,
  cursor,
  status,
  tag: z.string().max(100).optional(),
  from: moment,
  to: moment,
  include: z
    .literal('data')
    .optional()
    .meta({ description: 'Up to 1,000 rows of each run; else of all runs together, in fair shares' }),
});

export const robotQuery = closedObject({
  version: wholeNumber(1, 1_000_000_000).optional(),
});

export const publishQuery = closedObject({ publish: z.enum(['true', 'false']).default('false') });

/** The id of a task; that it is none is told as of any other task that is not there. */
const task = z.string().max(200).optional();

export const dataQuery = closedObject({
  list: z.string().max(200).optional(),
  task,
  limit: wholeNumber(1, 10_000).optional(),
  cursor: cursorOf(placeInCursor),
  format: z.enum(['json', 'ndjson']).default('json'),
  include: z.enum(['data', 'task']).default('data'),
});

const eventNumber = z
  .string()
  .regex(/^\d{1,9}$/, 'must be the number of an event, from 0')
  .transform(Number)
  .optional();

export const eventsQuery = closedObject({
  after: eventNumber,
  limit: wholeNumber(1, 1_000).default(1_000),
  wait: z.string().optional(),
});

/** Of a stream: it has no end of its own, so there is nothing to wait for and no limit. */
export const eventStreamQuery = closedObject({ after: eventNumber });

/** What a client that lost its stream sends by itself. */
export const lastEventHeader = closedObject({ 'Last-Event-ID': eventNumber });

export const runQuery = closedObject({
  wait: z.string().optional(),
  after: eventNumber,
});

export const name = z.string().trim().min(1).max(200);

const definition = z
  .unknown()
  .refine(
    (document) => document !== undefined,
    'is missing; a body holds a `definition`, or is one itself, with `steps`',
  );

/** What a definition, a recording of Chrome or a robot of Maxun has, and an envelope has not. */
const signs = ['steps', 'workflow', 'recording', 'recording_meta'];

/** True for a document that makes a robot by itself, without an envelope. */
export function isBareDocument(body: unknown): boolean {
  return typeof body === 'object' && body !== null && signs.some((sign) => Object.hasOwn(body, sign));
}

/** A robot in an envelope. */
export const robotBody = closedObject({
  name: name.optional(),
  definition,
  stage: z.enum(['draft', 'published']).default('published'),
});

/** What replaces it is a draft, unless `?publish=true` publishes it. */
export const replaceBody = closedObject({ name: name.optional(), definition });

export const versionNumber = z.number().int().min(1).max(1_000_000_000);

/** What publishes: the newest version, or the one that is named. */
export const publishBody = closedObject({ version: versionNumber.optional() });

const taskStatus = wordList([...new Set(taskStatuses.map(wordFor))], taskStatusesFor).optional();

export const taskListQuery = closedObject({ limit, cursor, status: taskStatus });

/** A link that is handed out carries both, and then needs no key. */
export const artifactQuery = closedObject({
  task,
  expires: z.string().max(20).optional().meta({ description: 'Until when the link opens without a key' }),
  signature: z.string().max(100).optional().meta({ description: 'That the link was given so' }),
});

export const fileListQuery = closedObject({ limit, cursor });

export const keyListQuery = closedObject({ limit, cursor });

export const revokeQuery = closedObject({
  pauseSchedules: z
    .enum(['true', 'false'])
    .optional()
    .meta({ description: '`true`: its schedules start nothing until they are resumed' }),
});

export const fileQuery = closedObject({
  name: z
    .string('is missing; name the file: ?name=stores.csv')
    .trim()
    .min(1)
    .max(200)
    .meta({ description: 'What the file is called; its ending tells its format', example: 'stores.csv' }),
});

export const duplicateBody = closedObject({
  targetUrl: z.url({ protocol: /^https?$/, error: 'must be an absolute http or https address' }),
});
