import { failure, FailureError, type FailureCode } from '@runnel/contracts';

/** A call that ran out of its own time failed with `code`; one that the task ended passes the task's reason on. */
export function ended(signal: AbortSignal, code: FailureCode, message: string): unknown {
  const reason: unknown = signal.reason;
  if (reason instanceof FailureError) return reason;
  const isOwnTime = reason instanceof DOMException && reason.name === 'TimeoutError';
  return isOwnTime ? new FailureError(failure(code, message)) : reason;
}
