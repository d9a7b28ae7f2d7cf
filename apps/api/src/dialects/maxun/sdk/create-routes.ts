import { ensureRobot, InvalidInputError } from '@runnel/services';
import type { Fault } from '@runnel/contracts';
import type { z } from 'zod';
import type { ApiDeps } from '../../../deps';
import { HttpProblem } from '../../../http-problem';
import { operation, type AskingKey, type Operation } from '../../../operation';
import { asSentCrawl, crawlBody, crawlDocument, refuseFormats } from './crawl-body';
import { problemSchema } from './errors';
import { readFormats } from '../formats';
import { firstSchedule } from '../set-schedule';
import { createdAnswer, existingAnswer, presentRobot } from './present-robot';
import { createBody, refuseMeta } from './robot-body';

/** What makes robots. */
export function createOperations(deps: ApiDeps): Operation[] {
  return [postRobot(deps), postCrawl(deps)];
}

const answers = { 200: existingAnswer, 201: createdAnswer, 501: problemSchema };

const description =
  'A name that is taken by a robot that does just this answers 200 with that robot; by another robot, 409. ' +
  'A list without fields gives the text and the first link of each item.';

function postRobot(deps: ApiDeps): Operation {
  return operation({
    method: 'post',
    path: '/robots',
    id: 'sdkCreateRobot',
    scope: 'robots:write',
    summary: "Makes a robot of Maxun's workflow, or of the formats to read a page in",
    description,
    body: createBody,
    answers,
    serve: async ({ spaceId, key: { domains }, body }) => {
      refuseMeta(body.meta);
      readFormats(body.meta.formats ?? [], 'meta.formats');
      refuseNoUrl(body);
      const definition = { meta: body.meta, workflow: body.workflow ?? [] };
      return ensured(deps, { spaceId, domains, name: body.meta.name, definition });
    },
  });
}

function postCrawl(deps: ApiDeps): Operation {
  return operation({
    method: 'post',
    path: '/crawl',
    id: 'sdkCrawl',
    scope: 'robots:write',
    summary: 'Makes a robot that reads the pages of a site',
    description,
    body: crawlBody,
    answers,
    serve: async ({ spaceId, key: { domains }, body }) => {
      refuseFormats(body.formats ?? []);
      const definition = crawlDocument(body);
      const robot = { spaceId, domains, name: definition.meta.name, definition };
      return ensured(deps, { ...robot, asSent: asSentCrawl });
    },
  });
}

interface NewSdkRobot {
  spaceId: string;
  domains: AskingKey['domains'];
  name: string;
  definition: unknown;
  asSent?: (faults: readonly Fault[]) => Fault[];
}

async function ensured(deps: ApiDeps, { asSent, ...robot }: NewSdkRobot) {
  const made = await ensureRobot(deps, { ...robot, publish: true }).catch(toInvalidWorkflow(asSent));
  if (!made) {
    const message = `A robot named "${robot.name}" does something else already; take another name, or update that robot`;
    throw new HttpProblem('CONFLICT', message);
  }
  const schedule = made.isNew
    ? null
    : await firstSchedule(deps, { spaceId: robot.spaceId, robotId: made.robot.id });
  const data = presentRobot(made.robot, { schedule });
  if (made.isNew) return { status: 201, body: { data, message: 'Robot created successfully' } } as const;
  return { status: 200, body: { data, message: 'Existing robot returned', existing: true } } as const;
}

/** What a workflow cannot be, in the words of Maxun's API. */
export function toInvalidWorkflow(asSent = (faults: readonly Fault[]): Fault[] => [...faults]) {
  return (error: unknown): never => {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new HttpProblem('INVALID_INPUT', 'Workflow validation failed', asSent(error.faults));
  };
}

function refuseNoUrl({ meta, workflow }: z.infer<typeof createBody>): void {
  const isScrape = [meta.type, meta.robotType].includes('scrape');
  if (!isScrape || (workflow ?? []).length > 0 || (meta.url ?? '').trim() !== '') return;
  const faults = [{ path: 'meta.url', message: 'is missing; must be string' }];
  throw new HttpProblem('INVALID_INPUT', 'URL is required for scrape robots', faults);
}
