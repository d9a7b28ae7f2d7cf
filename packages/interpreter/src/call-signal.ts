/** Ends with the task, or after `timeoutMs`. */
export function callSignal(task: AbortSignal, timeoutMs: number): AbortSignal {
  const time = AbortSignal.timeout(timeoutMs);
  // Without a listener of its own a timeout signal inside `any` may be collected as garbage, and never ends anything.
  time.addEventListener('abort', () => undefined);
  return AbortSignal.any([task, time]);
}
