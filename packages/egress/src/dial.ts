import { connect, type Socket } from 'node:net';
import type { FoundAddress } from './resolve';

const connectMs = 10_000;
/** How long one of several addresses has before the next is tried. */
const attemptMs = 1_000;

/** A connection to one of these addresses and to no other. @throws Node's error, or the signal's reason */
export function dial(
  { addresses, port }: { addresses: readonly FoundAddress[]; port: number },
  signal?: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const socket = connect({
      // Whatever it is called: only the addresses that were checked are answered.
      host: 'checked',
      port,
      lookup: (_host, _options, answered) => answered(null, [...addresses]),
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: attemptMs,
      noDelay: true,
      keepAlive: true,
    });
    const end = (error: unknown): void => void socket.destroy(error as Error);
    const timedOut = Object.assign(new Error('the connection timed out'), { code: 'ETIMEDOUT' });
    const timer = setTimeout(() => end(timedOut), connectMs);
    const stop = (): void => end(signal?.reason);
    signal?.addEventListener('abort', stop);
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    };
    socket.once('error', (error) => {
      settle();
      reject(error);
    });
    socket.once('connect', () => {
      settle();
      // One that breaks before its new owner listens harms nobody.
      socket.on('error', () => null);
      resolve(socket);
    });
  });
}
