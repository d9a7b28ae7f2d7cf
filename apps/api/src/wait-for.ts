import { setMaxListeners } from 'node:events';
import type { Request, Response } from 'express';
import { HttpProblem } from './http-problem';

const longestSeconds = 300;

/**
 * How many seconds the client wants to wait for the run's end: `?wait=`, or `Prefer: wait=` (RFC 7240), to 300.
 * Zero: answer at once.
 * @throws HttpProblem when `?wait=` is not a whole number from 0 to 300.
 */
export function waitSeconds(request: Request, response: Response): number {
  const asked = request.query['wait'];
  if (asked !== undefined) return askedSeconds(asked);
  // Maxun's own clients expect the blocking answer that its API gives.
  if (request.method === 'POST' && /^(mcp|cli)$/.test(request.get('x-run-source') ?? ''))
    return longestSeconds;
  const preferred = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,9})/i.exec(request.get('prefer') ?? '')?.[1];
  if (preferred === undefined) return 0;
  const seconds = Math.min(Number(preferred), longestSeconds);
  response.setHeader('preference-applied', `wait=${seconds}`);
  return seconds;
}

function askedSeconds(asked: unknown): number {
  const seconds = typeof asked === 'string' && /^\d{1,9}$/.test(asked) ? Number(asked) : NaN;
  if (seconds <= longestSeconds) return seconds;
  const message = `must be a whole number of seconds from 0 to ${longestSeconds}`;
  throw new HttpProblem('INVALID_INPUT', 'The query is not right', [{ path: 'wait', message, found: asked }]);
}

/** Ends when the client goes away, or the API stops. It leaves nothing behind at `stopping`. */
export function whileConnected(response: Response, stopping: AbortSignal): AbortSignal {
  const over = new AbortController();
  const end = (): void => {
    stopping.removeEventListener('abort', end);
    over.abort();
  };
  // Who was gone before anybody listened is not told again.
  if (response.closed || stopping.aborted) {
    end();
    return over.signal;
  }
  setMaxListeners(0, stopping);
  stopping.addEventListener('abort', end);
  response.once('close', end);
  return over.signal;
}
