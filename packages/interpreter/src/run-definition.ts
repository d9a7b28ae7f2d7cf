import {
  atStep,
  failure,
  FailureError,
  fill,
  inputsOf,
  originUrl,
  type Definition,
  type Failure,
  type Input,
  type Inputs,
  type RecordName,
  type Session,
  type Step,
  withFirstUrl,
  withRecord,
  withSecrets,
} from '@runnel/contracts';
import { describeFailure, saveEvidence } from './diagnosis';
import { HeldRows } from './held-rows';
import { keepSecrets } from './keep-secrets';
import { mask } from './mask';
import { runSteps, runStep } from './run-steps';
import type { StepScope, TaskOutput } from './step-context';
import { storableFailure } from './storable-failure';
import { storableOutput, type StorableOutput } from './storable-output';

export interface TaskRun {
  session: Session;
  output: TaskOutput;
  signal: AbortSignal;
  /** What the caller calls the task's record; none: `{{record.id}}` and its like are empty. */
  record?: RecordName | null;
  /**
   * What `{{secret.NAME}}` stands for. Nothing that the output is given says it, pictures aside. What is thrown may: the
   * caller masks that, with all else that the session throws.
   */
  secrets?: ReadonlyMap<string, string>;
  /** Told after each step how many milliseconds it took. */
  onStep?: (step: number, milliseconds: number) => void;
}

/**
 * Runs a definition's steps, one after the other, on a session.
 * @throws FailureError that names the step; the signal's reason when the signal ends it.
 */
export async function runDefinition(definition: Definition, inputs: Inputs, given: TaskRun): Promise<void> {
  const output = storableOutput(given.output, mask(given.secrets ?? new Map()));
  const run = { ...given, output };
  const steps = stepsFor(definition, inputs, given);
  const held = new HeldRows(steps, {
    row: (list, row, about) => run.output.rows(list, [{ ...about, ...row }]),
    rows: (list, rows) => run.output.rows(list, rows),
  });
  const scopeAt = scopes(definition, run, {
    held,
    keepSecrets: keepSecrets(
      definition,
      withRecord(inputs, given.record ?? null),
      given.secrets ?? new Map(),
    ),
  });
  try {
    for (const [index, step] of steps.entries()) await runTopStep(step, scopeAt(index), { run, index });
  } finally {
    await held.release();
  }
}

/** A run whose output may be told all that pages say. */
interface StepsRun extends Omit<TaskRun, 'output'> {
  output: StorableOutput;
}

async function runTopStep(
  step: Step,
  scope: StepScope,
  { run, index }: { run: StepsRun; index: number },
): Promise<void> {
  const began = performance.now();
  try {
    await runStep(step, scope);
  } catch (error) {
    run.signal.throwIfAborted();
    const found = failureOf(error, { index, step });
    if (!found) throw error;
    if (!step.optional) {
      throw new FailureError(storableFailure(await explain(found, scope)), { cause: error });
    }
    await scope.warn(`optional step ${index} (${step.type}) failed: ${found.message}`);
  }
  for (const warning of run.session.takeWarnings()) await scope.warn(warning);
  run.onStep?.(index, performance.now() - began);
}

/** What the page tells of the failure; on a followed page that was asked where it happened. */
async function explain(found: Failure, scope: StepScope): Promise<Failure> {
  const described = await describeFailure(found, scope);
  if (described !== found) await saveEvidence(described, scope);
  return described;
}

/** What the step with this index works with. */
function scopes(
  definition: Definition,
  run: StepsRun,
  kept: Pick<StepScope, 'held' | 'keepSecrets'>,
): (index: number) => StepScope {
  const trail = { asked: null };
  return (index) => ({
    session: run.session,
    sink: kept.held,
    ...kept,
    options: definition.options,
    trail,
    isOneOfMany: false,
    signal: run.signal,
    robotTimeout: definition.timeout ?? null,
    warn: (message) => run.output.warning(index, message),
    saveArtifact: (artifact) => run.output.artifact(artifact),
    runSteps,
  });
}

/** The steps with their inputs and secrets filled; a run that starts elsewhere opens its own first address. */
function stepsFor(
  definition: Definition,
  inputs: Inputs,
  { record = null, secrets = new Map() }: Pick<TaskRun, 'record' | 'secrets'>,
): Step[] {
  const steps = fill(definition.steps, withSecrets(withRecord(inputs, record), secrets));
  const origin = inputs[originUrl];
  const isOrigin = ({ name }: Input) => name === originUrl;
  // A robot that takes no such input may have been given one all the same.
  const isImplied = !definition.inputs.some(isOrigin) && inputsOf(definition).some(isOrigin);
  return isImplied && typeof origin === 'string' ? withFirstUrl(steps, origin) : steps;
}

/** The failure that a robot met; null for what is no matter of the robot, like a ledger that cannot be written. */
function failureOf(error: unknown, { index, step }: { index: number; step: Step }): Failure | null {
  if (error instanceof FailureError) return atStep(error.failure, index, step.type);
  if (!(error instanceof DOMException) || error.name !== 'TimeoutError') return null;
  return atStep(
    failure('STEP_TIMEOUT', `Step ${index} (${step.type}) was not done in time`),
    index,
    step.type,
  );
}
