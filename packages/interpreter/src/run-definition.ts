import {
  atStep,
  failure,
  FailureError,
  fill,
  originUrl,
  type Definition,
  type Failure,
  type Inputs,
  type Session,
  type Step,
} from '@runnel/contracts';
import type { StepContext, TaskOutput } from './step-context';
import { defaultTimeouts, handlers, type Handler } from './steps';

export interface TaskRun {
  session: Session;
  output: TaskOutput;
  signal: AbortSignal;
}

/**
 * Runs a definition's steps, one after the other, on a session.
 * @throws FailureError that names the step; the signal's reason when the signal ends it.
 */
export async function runDefinition(definition: Definition, inputs: Inputs, run: TaskRun): Promise<void> {
  const used = new Set<string>();
  for (const [index, step] of stepsFor(definition, inputs).entries()) {
    const context = contextFor(step, { index, run, used, robotTimeout: definition.timeout });
    try {
      await runStep(step, context);
    } catch (error) {
      run.signal.throwIfAborted();
      const found = failureOf(error, index, step);
      if (!found) throw error;
      if (!step.optional) throw new FailureError(found, { cause: error });
      await context.warn(`optional step ${index} (${step.type}) failed: ${found.message}`);
    }
    for (const warning of run.session.takeWarnings()) await context.warn(warning);
  }
}

async function runStep<S extends Step>(step: S, context: StepContext): Promise<void> {
  context.signal.throwIfAborted();
  const isWanted = step.when === undefined || (await context.session.has(step.when, context.callSignal()));
  if (!isWanted) return;
  const handler = handlers[step.type] as Handler<S['type']>;
  await handler(step as never, context);
}

/** The steps with their inputs filled; a run that starts elsewhere opens its own first address. */
function stepsFor(definition: Definition, inputs: Inputs): Step[] {
  const steps = fill(definition.steps, inputs);
  const origin = inputs[originUrl];
  const isDeclared = definition.inputs.some((input) => input.name === originUrl);
  if (origin === undefined || isDeclared) return steps;
  const first = steps.findIndex((step) => step.type === 'navigate');
  return steps.map((step, index) =>
    index === first && step.type === 'navigate' ? { ...step, url: String(origin) } : step,
  );
}

function contextFor(
  step: Step,
  {
    index,
    run,
    used,
    robotTimeout,
  }: { index: number; run: TaskRun; used: Set<string>; robotTimeout: number | undefined },
): StepContext {
  const timeoutMs = step.timeout ?? robotTimeout ?? defaultTimeouts[step.type];
  return {
    ...run,
    timeoutMs,
    warn: (message) => run.output.warning(index, message),
    callSignal: () => callSignal(run.signal, timeoutMs),
    artifactName: (name, extension) => {
      let unused = `${name}.${extension}`;
      for (let count = 2; used.has(unused); count += 1) unused = `${name} (${count}).${extension}`;
      used.add(unused);
      return unused;
    },
  };
}

/** Without a listener of its own a timeout signal inside `any` may be collected as garbage, and never ends anything. */
function callSignal(task: AbortSignal, timeoutMs: number): AbortSignal {
  const time = AbortSignal.timeout(timeoutMs);
  time.addEventListener('abort', () => undefined);
  return AbortSignal.any([task, time]);
}

/** The failure that a robot met; null for what is no matter of the robot, like a ledger that cannot be written. */
function failureOf(error: unknown, index: number, step: Step): Failure | null {
  if (error instanceof FailureError) return atStep(error.failure, index, step.type);
  if (!(error instanceof DOMException) || error.name !== 'TimeoutError') return null;
  return atStep(
    failure('STEP_TIMEOUT', `Step ${index} (${step.type}) was not done in time`),
    index,
    step.type,
  );
}
