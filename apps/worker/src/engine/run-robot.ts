import { FailureError, type Engine, type RowData, type SessionSource } from '@runnel/contracts';
import { runDefinition, type TaskOutput } from '@runnel/interpreter';
import { EngineChoiceStore, type ClaimedTask, type DataSource } from '@runnel/store';
import { AttemptStopped } from '../attempt-stopped';
import type { LedgerOutput } from '../ledger-output';
import { chooseEngine, type EnginePlan } from './choose-engine';
import { RowDigests } from './row-digests';

export interface EngineDeps {
  dataSource: DataSource;
  sessions: Record<Engine, SessionSource>;
}

interface Attempt {
  output: LedgerOutput;
  signal: AbortSignal;
}

const shortestComparisonMs = 10_000;

/** Runs the task's robot on a session of its own. Rows that were read before a failure are kept. */
export async function runRobot(deps: EngineDeps, task: ClaimedTask, attempt: Attempt): Promise<void> {
  const plan = await chooseEngine(deps.dataSource, task);
  const { engine, reason } = plan;
  if (reason !== null) await attempt.output.event({ kind: 'engine.chosen', engine, reason });
  if (engine === 'http' && reason !== null) return runProven(deps, task, attempt);
  return runOn(plan, deps, { task, ...attempt });
}

/** By http alone, as `auto` decided. What it cannot do the browser does, in another attempt. */
async function runProven(deps: EngineDeps, task: ClaimedTask, { output, signal }: Attempt): Promise<void> {
  const found = await readBy('http', deps, { task, output, signal }).then(
    () => (output.rowCount > 0 ? null : 'the http engine gave no rows'),
    (error: unknown) => {
      signal.throwIfAborted();
      if (!(error instanceof FailureError) || error.failure.retryable) throw error;
      return `the http engine failed: ${error.failure.message}`;
    },
  );
  if (found === null) return;
  await decide(deps, { task, output }, { engine: 'browser', reason: found.slice(0, 500) });
  throw new AttemptStopped('engine');
}

async function runOn(
  { engine, compares }: EnginePlan,
  deps: EngineDeps,
  { task, output, signal }: { task: ClaimedTask } & Attempt,
): Promise<void> {
  if (!compares) return readBy(engine, deps, { task, output, signal });
  const digests = new RowDigests();
  const began = performance.now();
  await readBy(engine, deps, { task, output: remembering(output, digests), signal });
  await output.flush();
  const timeMs = Math.max(shortestComparisonMs, performance.now() - began);
  const difference = await compareWithHttp(deps, { task, signal, digests, timeMs });
  const decision =
    difference === null
      ? {
          engine: 'http' as const,
          reason: `the http engine gave the same ${digests.count} rows as the browser`,
        }
      : { engine: 'browser' as const, reason: difference };
  await decide(deps, { task, output }, decision);
}

interface Comparison {
  task: ClaimedTask;
  signal: AbortSignal;
  digests: RowDigests;
  timeMs: number;
}

/** Reads everything once more, by http: where its rows differ from the browser's; null when nowhere. */
async function compareWithHttp(
  deps: EngineDeps,
  { task, signal, digests, timeMs }: Comparison,
): Promise<string | null> {
  if (digests.isOverfull) return 'it gives more rows than are compared';
  if (digests.count === 0) return 'it gave no rows that could be compared';
  const others = new RowDigests();
  const time = AbortSignal.timeout(timeMs);
  time.addEventListener('abort', () => undefined);
  try {
    const output = remembering(null, others);
    await readBy('http', deps, { task, output, signal: AbortSignal.any([signal, time]) });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof FailureError)
      return `the http engine failed: ${error.failure.message}`.slice(0, 500);
    if (time.aborted) return 'the http engine was slower than the browser';
    throw error;
  }
  const difference = digests.difference(others);
  return difference === null ? null : `the http engine gave other rows than the browser: ${difference}`;
}

async function decide(
  { dataSource }: EngineDeps,
  { task, output }: { task: ClaimedTask; output: LedgerOutput },
  decision: { engine: Engine; reason: string },
): Promise<void> {
  const { robotId, robotVersion: version } = task;
  await new EngineChoiceStore(dataSource.manager).decide({ robotId, version }, decision);
  await output.event({ kind: 'engine.decided', ...decision });
}

async function readBy(
  engine: Engine,
  { sessions }: EngineDeps,
  {
    task,
    output,
    signal,
  }: { task: ClaimedTask; output: TaskOutput & { flush?: () => Promise<void> }; signal: AbortSignal },
): Promise<void> {
  const { definition, inputs } = task;
  const session = await sessions[engine].open(definition.options, signal);
  try {
    await runDefinition(definition, inputs, { session, output, signal });
  } finally {
    await session.close();
    await output.flush?.();
  }
}

/** An output that remembers all rows; without one behind it nothing else is kept. */
function remembering(
  output: LedgerOutput | null,
  digests: RowDigests,
): TaskOutput & { flush: () => Promise<void> } {
  return {
    rows: async (list: string, rows: RowData[]) => {
      digests.add(list, rows);
      await output?.rows(list, rows);
    },
    artifact: async (artifact) => output?.artifact(artifact),
    warning: async (step, message) => output?.warning(step, message),
    flush: async () => output?.flush(),
  };
}
