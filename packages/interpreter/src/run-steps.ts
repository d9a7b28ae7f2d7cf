import { FailureError, type Step } from '@runnel/contracts';
import { countMatches } from '@runnel/extraction';
import { callSignal } from './call-signal';
import { HeldRows } from './held-rows';
import type { StepContext, StepScope } from './step-context';
import { defaultTimeouts, handlers, type Handler } from './steps';

/** Runs steps on the page of a scope, one after the other. What they hold for a `follow` is theirs alone. */
export async function runSteps(steps: Step[], scope: StepScope): Promise<void> {
  const held = new HeldRows(steps, scope.sink);
  const inner = { ...scope, sink: held, held };
  try {
    for (const [index, step] of steps.entries()) await runInnerStep(step, index, inner);
  } finally {
    await held.release();
  }
}

async function runInnerStep(step: Step, index: number, scope: StepScope): Promise<void> {
  const where = `steps[${index}] (${step.type}) on ${scope.session.url()}`;
  try {
    await runStep(step, scope);
  } catch (error) {
    scope.signal.throwIfAborted();
    if (!(error instanceof FailureError)) throw error;
    const { failure } = error;
    if (!step.optional) {
      throw new FailureError({ ...failure, message: `${where}: ${failure.message}` }, { cause: error });
    }
    await scope.warn(`optional ${where} failed: ${failure.message}`);
  }
  for (const warning of scope.session.takeWarnings()) await scope.warn(`${where}: ${warning}`);
}

/** Runs one step, unless its `when` is not there. @throws FailureError */
export async function runStep<S extends Step>(step: S, scope: StepScope): Promise<void> {
  scope.signal.throwIfAborted();
  const context = contextFor(step, scope);
  if (step.when !== undefined) {
    const [count] = await scope.session.ask(
      countMatches,
      { selectors: [step.when], within: null },
      context.call(),
    );
    if (count === 0) return;
  }
  scope.keepSecrets(step, scope.session.url());
  const handler = handlers[step.type] as Handler<S['type']>;
  await handler(step as never, context);
}

function contextFor(step: Step, scope: StepScope): StepContext {
  const timeoutMs = step.timeout ?? scope.robotTimeout ?? defaultTimeouts[step.type];
  const signal = () => callSignal(scope.signal, timeoutMs);
  const place = {
    target: step.target,
    ...('frame' in step && step.frame !== undefined && { frame: step.frame }),
  };
  return { ...scope, timeoutMs, callSignal: signal, call: () => ({ ...place, signal: signal() }) };
}
