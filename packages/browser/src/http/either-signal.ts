/**
 * Runs `work` with a signal that ends with whichever of the two ends first, for the same reason.
 * `AbortSignal.any` is not used: on Node 20 one of a time-out may be collected as garbage before it ends.
 */
export async function withEither<T>(
  [one, other]: [AbortSignal, AbortSignal],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const joined = new AbortController();
  const stop = (): void => joined.abort(one.aborted ? one.reason : other.reason);
  if (one.aborted || other.aborted) stop();
  one.addEventListener('abort', stop);
  other.addEventListener('abort', stop);
  try {
    return await work(joined.signal);
  } finally {
    one.removeEventListener('abort', stop);
    other.removeEventListener('abort', stop);
  }
}
