import { setMaxListeners } from 'node:events';

/** Ends with the task, or after `timeoutMs`, by a `TimeoutError`. It leaves nothing behind at the task's signal. */
export function callSignal(task: AbortSignal, timeoutMs: number): AbortSignal {
  const call = new AbortController();
  const stop = (): void => call.abort(task.reason);
  const timer = setTimeout(() => {
    task.removeEventListener('abort', stop);
    call.abort(new DOMException('the call was not done in time', 'TimeoutError'));
  }, timeoutMs);
  timer.unref();
  if (task.aborted) stop();
  setMaxListeners(0, task);
  task.addEventListener('abort', stop, { once: true });
  return call.signal;
}
