import { closedObject } from '@runnel/contracts';
import { z } from 'zod';
import { HttpProblem } from '../../../http-problem';
import { noModel } from '../no-model';
import { name } from '../query';
import { scheduleBody } from '../schedule-body';

const text = z.string().nullish();

/** Of Maxun's own words, those that say something here; others, as an id of the client's, are let be. */
const metaKeys = {
  type: text,
  robotType: text,
  url: z.string().max(8_000).nullish(),
  formats: z.array(z.string()).nullish(),
  isLLM: z.boolean().nullish(),
  promptInstructions: text,
  smartQueries: text,
  compareRuns: z.boolean().nullish(),
};
const workflow = z.array(z.unknown()).meta({
  description: 'Pairs of `where` and `what`, the last one first, as Maxun writes them',
});

export const createBody = closedObject({
  meta: z.looseObject({ name, ...metaKeys }).meta({
    description: 'What the robot is called and is: `{ name, robotType, url, formats }`',
    example: { name: 'Shop', robotType: 'scrape', url: 'https://example.com', formats: ['markdown'] },
  }),
  workflow: workflow.nullish(),
});

const limit = closedObject({
  pairIndex: z.number().int().min(0),
  actionIndex: z.number().int().min(0),
  argIndex: z.number().int().min(0),
  limit: z.number().int().min(1).max(10_000_000),
});

const anything = z.unknown().optional();

/** What robots have in Maxun and not here: to take it away is done, to give it is refused. */
const missing = {
  webhooks: anything,
  google_sheet_email: anything,
  google_sheet_name: anything,
  google_sheet_id: anything,
  google_access_token: anything,
  google_refresh_token: anything,
  airtable_base_id: anything,
  airtable_base_name: anything,
  airtable_table_name: anything,
  airtable_table_id: anything,
  airtable_access_token: anything,
  airtable_refresh_token: anything,
  proxy_url: anything,
  proxy_username: anything,
  proxy_password: anything,
};

export const updateBody = closedObject({
  meta: z.looseObject({ name: name.optional(), ...metaKeys }).optional(),
  workflow: workflow.optional().meta({
    description:
      'In place of all that the robot does. Empty, as robots are shown, it changes nothing: it is taken beside `meta` ' +
      'or `limits`, and refused alone',
  }),
  limits: z.array(limit).min(1, 'must hold at least one limit').optional(),
  schedule: scheduleBody.nullish().meta({ description: 'When it runs by itself; null: not at all' }),
  ...missing,
});

export type SentMeta = NonNullable<z.infer<typeof updateBody>['meta']>;

/** @throws HttpProblem when the robot would need a language model, or to compare its runs. */
export function refuseMeta({
  isLLM,
  promptInstructions,
  smartQueries,
  compareRuns,
}: Partial<SentMeta>): void {
  if (isLLM === true || isSaid(promptInstructions) || isSaid(smartQueries)) throw noModel();
  if (compareRuns === true)
    throw new HttpProblem('NOT_IMPLEMENTED', 'Runs are not compared with each other here');
}

/** @throws HttpProblem when something is to be set that robots do not have here. */
export function refuseMissing(body: z.infer<typeof updateBody>): void {
  const key = Object.keys(missing).find((each) => isSaid(body[each as keyof typeof missing]));
  if (key === undefined) return;
  throw new HttpProblem('NOT_IMPLEMENTED', `Robots have no ${key} here yet; only null is taken`);
}

function isSaid(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value === 'string') return value.trim() !== '';
  return !Array.isArray(value) || value.length > 0;
}
