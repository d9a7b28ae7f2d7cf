import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadClient } from './load-client';
import type { RobotName, RunPlan } from './run-plan';

/** A run that a client was promised. */
export interface Promised {
  plan: RunPlan;
  robotId: string;
  runId: string;
  /** True: an abort was accepted. */
  isAborted: boolean;
}

export interface Load {
  promised: Promised[];
  /** Answers that no client may get. */
  refused: string[];
}

export interface LoadOptions {
  runs: number;
  planOf: (index: number) => RunPlan;
  robots: Record<RobotName, string>;
  addressOf: (plan: RunPlan, ordinal: number) => string;
  /** How many more may be started now. */
  room: (started: number) => Promise<number>;
}

interface RunAnswer {
  run?: { runId: string; status: string };
}

const lookMs = 150;

/** The tag by which the ledger's runs are known to be of one start. */
export const tagOf = (index: number): string => `start-${index}`;

/** Starts runs as clients do, as many at a time as there is room for. Resolves when all were accepted. */
export async function runLoad(client: LoadClient, options: LoadOptions): Promise<Load> {
  const load: Load = { promised: [], refused: [] };
  const underWay: Promise<void>[] = [];
  let started = 0;
  while (started < options.runs) {
    const room = Math.min(await options.room(started), options.runs - started);
    for (let count = 0; count < room; count += 1) {
      underWay.push(startOne(client, options, { load, plan: options.planOf(started) }));
      started += 1;
    }
    await sleep(lookMs);
  }
  await Promise.all(underWay);
  return load;
}

async function startOne(
  client: LoadClient,
  options: LoadOptions,
  { load, plan }: { load: Load; plan: RunPlan },
): Promise<void> {
  const robotId = options.robots[plan.robot];
  const path = `/api/robots/${robotId}/runs`;
  const inputs = plan.tasks.map((_, ordinal) => ({ address: options.addressOf(plan, ordinal) }));
  const what =
    inputs.length > 1 ? { records: inputs.map((each) => ({ inputs: each })) } : { inputs: inputs[0] };
  const body = { ...what, maxAttempts: 20, tags: [tagOf(plan.index)] };
  // Without a key a client must not ask again: it cannot know whether the first start was taken.
  const ask = () => client.ask<RunAnswer>('POST', path, { body, key: `chaos-${plan.index}` });
  const answers = await Promise.all(plan.isSentTwice ? [ask(), ask()] : [ask()]);
  const refusals = answers.filter(({ status, body: { run } }) => status >= 300 || !run);
  for (const { status, body: said } of refusals) {
    load.refused.push(`start ${plan.index} was answered ${status} ${JSON.stringify(said).slice(0, 300)}`);
  }
  const firsts = answers.filter(({ isReplay }) => !isReplay).length;
  if (firsts > 1) load.refused.push(`start ${plan.index} was answered ${firsts} times as a first one`);
  const ids = new Set(answers.flatMap(({ body: { run } }) => (run ? [run.runId] : [])));
  for (const runId of ids) load.promised.push({ plan, robotId, runId, isAborted: false });
  const [promised] = load.promised.filter((each) => each.plan === plan);
  if (promised && plan.abortAfterMs !== null) await abort(client, promised, plan.abortAfterMs);
}

async function abort(client: LoadClient, promised: Promised, afterMs: number): Promise<void> {
  await sleep(afterMs);
  const { robotId, runId } = promised;
  const { status } = await client.ask<RunAnswer>('POST', `/api/robots/${robotId}/runs/${runId}/abort`);
  promised.isAborted = status < 300;
}
