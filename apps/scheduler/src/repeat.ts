import { setTimeout as sleep } from 'node:timers/promises';

/** After a piece of work that failed, in milliseconds. */
const failedMs = 1_000;

/**
 * Does a piece of work again and again, with the pause that it asks for, until it is stopped. What goes wrong is told
 * to `onError`, and it goes on.
 */
export function repeat(
  work: (signal: AbortSignal) => Promise<number>,
  onError: (error: unknown) => void,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      const pauseMs = await work(signal).catch((error: unknown) => {
        onError(error);
        return failedMs;
      });
      await sleep(pauseMs, undefined, { signal }).catch(() => null);
    }
  };
  const working = loop();
  return {
    stop: async () => {
      stopping.abort();
      await working;
    },
  };
}
