import { callSignal } from '../call-signal';
import type { StepContext } from '../step-context';

/** The same context, which also ends with the work around it. */
export function within(context: StepContext, signal: AbortSignal): StepContext {
  const both = AbortSignal.any([context.signal, signal]);
  return { ...context, signal: both, callSignal: () => callSignal(both, context.timeoutMs) };
}
