import { z } from 'zod';
import { closedObject } from '../fault';
import { anyStep, name } from './any-step';
import { recorderSteps } from './recorder';
import { scrapingSteps } from './scraping';

/** Pages that are open at a time. */
const concurrency = z.number().int().min(1).max(10).default(4);

/** Opens the address in a field of each row of a list; what `steps` read there joins the row. */
const followShape = {
  type: z.literal('follow'),
  ...anyStep,
  from: name,
  url: z.string().min(1).max(200).default('url'),
  concurrency,
  /** False: a page that cannot be opened or read is a warning, and its row stays as it was. */
  required: z.boolean().default(true),
};

const glob = z
  .string()
  .max(1000, { abort: true })
  .regex(/^(\/|https?:|\*|\{)/, 'must be a path that begins with / or *, or a whole address');

/** Reads the pages that links lead to from here, breadth first, each address once: one row a page. */
const crawlShape = {
  type: z.literal('crawl'),
  ...anyStep,
  name: name.default('pages'),
  /** Globs of paths (`/docs/**`) or of whole addresses; none: all pages of the first page's origin. */
  include: z.array(glob).max(100).default([]),
  exclude: z.array(glob).max(100).default([]),
  maxPages: z.number().int().min(1).max(100_000).default(100),
  /** How many links away from the first page. */
  maxDepth: z.number().int().min(0).max(100).default(10),
  /** True: also the addresses in the site's sitemaps. */
  sitemap: z.boolean().default(false),
  concurrency,
  /** True: a page that cannot be opened or read fails the step; else it is a warning. */
  required: z.boolean().default(false),
};

type FlatSteps = typeof recorderSteps & typeof scrapingSteps;
export interface FollowStep extends z.infer<z.ZodObject<typeof followShape>> {
  steps: Step[];
}
export interface CrawlStep extends z.infer<z.ZodObject<typeof crawlShape>> {
  steps: Step[];
}
export type Step = z.infer<FlatSteps[keyof FlatSteps]> | FollowStep | CrawlStep;
export type StepType = Step['type'];
export type StepOf<T extends StepType> = Extract<Step, { type: T }>;

/** The steps of Chrome's Recorder that a session performs on its page. */
export type RecorderStepType = Exclude<keyof typeof recorderSteps, 'navigate'>;
export type RecorderStep = StepOf<RecorderStepType>;

/** What is done on each page of `follow` and `crawl`, which is open already. */
const innerSteps: z.ZodType<Step[]> = z.lazy(() => z.array(oneOf({ ...flatSteps, follow })).max(100));
const follow = closedObject({
  ...followShape,
  steps: innerSteps.refine((inner) => inner.length > 0, 'must hold at least one step'),
});
const crawl = closedObject({ ...crawlShape, steps: innerSteps.prefault([]) });

const flatSteps = { ...recorderSteps, ...scrapingSteps };

/** One schema a step. Adding a step: a schema here, a file in the interpreter, a line in its table, a test. */
const steps = { ...flatSteps, follow, crawl };
export const stepTypes = Object.keys(steps) as StepType[];
export const innerStepTypes = stepTypes.filter((type) => type !== 'crawl');
export const stepSchema: z.ZodType<Step> = oneOf(steps);

function oneOf(schemas: Partial<typeof steps>): z.ZodType<Step> {
  const [first, ...rest] = Object.values(schemas);
  if (!first) throw new Error('a union of nothing');
  return z.discriminatedUnion('type', [first, ...rest]);
}
