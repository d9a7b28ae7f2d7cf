import { InvalidInputError, KeyReusedError, mostRecords, startRun, type Started } from '@runnel/services';
import { TaskListStore, type RobotWithDefinition } from '@runnel/store';
import { z } from 'zod';
import type { ApiDeps } from '../../deps';
import { HttpProblem } from '../../http-problem';
import { idempotencyKeyOf } from '../../idempotency-key';
import { operation, type Asked, type Operation } from '../../operation';
import { createBody, type CreateBody } from './create-body';
import { asSent, recordsOf } from './documents';
import { one, oneAnswer } from './envelope';
import { noSuchSpace, refusalSchema, refused } from './errors';
import { findAgent } from './find-agent';
import { isTokenOf, runWord, spaceParam, taskWord } from './ids';
import { isSoon, momentIn } from './schedule';
import { statusWords, wordFor } from './status-words';

const createdSchema = z.object({
  run_id: z.string(),
  task_ids: z.array(z.string()).meta({ description: 'In the order of the documents' }),
  status: z.enum(statusWords),
});

type Creating = Asked<{ space_token: string }, unknown, CreateBody>;

/** What starts runs; the second path is what newer clients send to. */
export function createOperations(deps: ApiDeps): Operation[] {
  const common = {
    method: 'post',
    summary: 'Starts a run: one task for each document',
    description: 'With an `Idempotency-Key`, sent again it answers with the run that it made.',
    params: spaceParam,
    body: createBody,
    headers: { 'Idempotency-Key': 'The same for each try of one start' },
    answers: { 200: oneAnswer(createdSchema), 206: refusalSchema, 400: refusalSchema },
    serve: createTasks(deps),
  } as const;
  return [
    operation({ ...common, path: '/spaces/{space_token}/tasks/', id: 'createTasks' }),
    operation({ ...common, path: '/spaces/{space_token}/tasks/create/', id: 'createTasksToo' }),
  ];
}

function createTasks(deps: ApiDeps) {
  return async (asked: Creating) => {
    const { spaceId, params, body, request, response } = asked;
    if (!isTokenOf(spaceId, params.space_token)) return noSuchSpace(asked);
    const idempotencyKey = idempotencyKeyOf(request);
    const agent = await findAgent(deps.dataSource, spaceId, body.pilot);
    if (!agent) throw noSuchPilot(body);
    const notBefore = momentIn(body.schedule);
    if (notBefore && !isSoon(notBefore, Date.now())) return notSoon(asked);
    const started = await start(deps, { agent, body, notBefore, idempotencyKey });
    if (!started) throw noSuchPilot(body);
    if (started.isReplayed) response.setHeader('idempotent-replayed', 'true');
    return one('Tasks Created Successfully', await present(deps, started, notBefore !== null));
  };
}

/** @throws HttpProblem which names the fields as the caller wrote them. */
async function start(
  deps: ApiDeps,
  given: {
    agent: RobotWithDefinition;
    body: CreateBody;
    notBefore: Date | null;
    idempotencyKey: string | null;
  },
): Promise<Started | null> {
  const { agent, body, notBefore, idempotencyKey } = given;
  const { name = null, context } = body;
  const shared = context === undefined || context === null ? {} : { context };
  const records = recordsOf(body, agent.definition);
  try {
    return await startRun(deps, {
      ...{ spaceId: agent.spaceId, robotId: agent.id, version: 'published', origin: 'api', retryOf: null },
      ...{ inputs: shared, unknownInputs: 'keep', originUrl: null, records, fileIds: [] },
      ...{ name, tags: [], priority: 0, delayMs: 0, ...(notBefore && { notBefore }) },
      ...{ maxAttempts: null, idempotencyKey },
    });
  } catch (error) {
    if (!(error instanceof InvalidInputError || error instanceof KeyReusedError)) throw error;
    const faults = error.faults.map((fault) => asSent(fault, body));
    const code = error instanceof KeyReusedError ? 'IDEMPOTENCY_KEY_REUSED' : 'INVALID_INPUT';
    throw new HttpProblem(code, error.message, faults);
  }
}

async function present({ dataSource }: ApiDeps, { run }: Started, isDelayed: boolean) {
  const { spaceId, robotId, id: runId } = run;
  const page = { statuses: null, after: null, skip: 0, limit: mostRecords };
  const tasks = await new TaskListStore(dataSource.manager).list({ spaceId, robotId, runId }, page);
  return {
    run_id: runWord(runId),
    task_ids: (tasks?.items ?? []).map(({ id }) => taskWord(id)),
    status: wordFor(run.status, isDelayed),
  };
}

function notSoon(asked: Creating) {
  const errors = 'calling_date and calling_time must be a moment (UTC) to come, within a week';
  return refused(asked, 400, { code: 'INVALID_INPUT', message: 'The schedule is not right', errors });
}

function noSuchPilot({ pilot }: CreateBody): HttpProblem {
  const message = `there is no published agent with the handle "${pilot}" in this space`;
  return new HttpProblem('INVALID_INPUT', 'The body is not right', [
    { path: 'pilot', message, found: pilot },
  ]);
}
