import type { Installation } from '../installation';
import { isLoopback } from '../is-loopback';
import { ok, warning, type Finding } from '../finding';

/** Who may speak with the API, and whether others can listen. */
export function address({ settings: { HOST, PORT, RUNNEL_PUBLIC_URL } }: Installation): Finding {
  if (isLoopback(HOST)) return ok(`The API listens on ${HOST}: only this machine reaches it`);
  if (RUNNEL_PUBLIC_URL?.startsWith('https:') === true) {
    return ok(`The API listens on ${HOST} and is known as ${new URL(RUNNEL_PUBLIC_URL).origin}`);
  }
  const says = `The API listens on ${HOST}:${PORT} without TLS: who is on the way reads keys and rows`;
  const advice =
    'Put a proxy with TLS before it and set RUNNEL_PUBLIC_URL to its https:// address, or set HOST=127.0.0.1';
  return warning(says, advice);
}
