import { InvalidInputError, startLater, startRun, type Started, type StartLater } from '@runnel/services';
import { TaskListStore, type RobotWithDefinition } from '@runnel/store';
import { z } from 'zod';
import type { ApiDeps } from '../../deps';
import { HttpProblem } from '../../http-problem';
import { idempotencyKeyOf, tellReplayed } from '../../idempotency-key';
import { operation, type Asked, type Operation } from '../../operation';
import { robotOfHandle } from '../../robot-of';
import { toldAsSent } from '../../told-as-sent';
import { createBody, type CreateBody } from './create-body';
import { asSent, recordsOf } from './documents';
import { one, oneAnswer } from './envelope';
import { noSuchSpace, refusalSchema, refused } from './errors';
import { findAgent } from './find-agent';
import { isHandle, isTokenOf, runWord, spaceParam, taskWord } from './ids';
import { statusOf } from './present-run';
import { momentIn } from './schedule';
import { statusWords } from './status-words';

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
    scope: 'runs:write',
    robotOf: robotOfHandle(deps, handleIn),
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

function handleIn({ body }: { body: CreateBody }): string | null {
  return isHandle(body.pilot) ? body.pilot : null;
}

function createTasks(deps: ApiDeps) {
  return async (asked: Creating) => {
    const { spaceId, key, params, body, request, response } = asked;
    if (!isTokenOf(spaceId, params.space_token)) return noSuchSpace(asked);
    const idempotencyKey = idempotencyKeyOf(request);
    const agent = await findAgent(deps.dataSource, spaceId, body.pilot);
    if (!agent) throw noSuchPilot(body);
    const started = await start(deps, { agent, body, idempotencyKey, keyId: key.id });
    if (started === 'no moment') return refused(asked, 400, noMoment);
    if (!started) throw noSuchPilot(body);
    tellReplayed(response, started);
    return one('Tasks Created Successfully', await present(deps, started));
  };
}

/** @throws InvalidInputError which names the fields as the caller wrote them. */
async function start(
  deps: ApiDeps,
  given: {
    agent: RobotWithDefinition;
    body: CreateBody;
    idempotencyKey: string | null;
    keyId: string;
  },
): Promise<Started | 'no moment' | null> {
  const { agent, body, idempotencyKey, keyId } = given;
  const { name = null, context } = body;
  const shared = context === undefined || context === null ? {} : { context };
  try {
    const start: StartLater['start'] = {
      ...{ spaceId: agent.spaceId, robotId: agent.id, asked: body, inputs: shared, name },
      ...{ idempotencyKey, keyId },
      records: (definition) => recordsOf(body, definition),
    };
    const at = momentIn(body.schedule);
    return await (at ? startLater(deps, { start, at, name }) : startRun(deps, start));
  } catch (error) {
    const isOfMoment =
      error instanceof InvalidInputError && error.faults.some(({ path }) => path === 'runAt');
    if (isOfMoment) return 'no moment';
    return toldAsSent((fault) => asSent(fault, body))(error);
  }
}

async function present({ dataSource }: ApiDeps, { run }: Started) {
  const { spaceId, robotId, id: runId } = run;
  const taskIds = await new TaskListStore(dataSource.manager).ids({ spaceId, robotId, runId });
  return {
    run_id: runWord(runId),
    task_ids: (taskIds ?? []).map(taskWord),
    status: statusOf(run),
  };
}

/** The vendor's own answer to this is 400, of all that can be wrong with a body. */
const noMoment = {
  code: 'INVALID_INPUT',
  message: 'The schedule is not right',
  errors: 'calling_date and calling_time must be a moment (UTC) to come, within ten years',
} as const;

function noSuchPilot({ pilot }: CreateBody): HttpProblem {
  const message = `there is no published agent with the handle "${pilot}" in this space`;
  return new HttpProblem('INVALID_INPUT', 'The body is not right', [
    { path: 'pilot', message, found: pilot },
  ]);
}
