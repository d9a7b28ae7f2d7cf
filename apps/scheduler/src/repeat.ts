import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Does a piece of work again and again, with a pause, until it is stopped. What goes wrong is told to `onError`, and it
 * goes on.
 */
export function repeat(
  work: (signal: AbortSignal) => Promise<void>,
  options: { pauseMs: number; onError: (error: unknown) => void },
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const { pauseMs, onError } = options;
  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      await work(signal).catch(onError);
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
