import { setTimeout as sleep } from 'node:timers/promises';
import type { AppSlot } from './app-slot';

const patienceMs = 8_000;
const pauseMs = 150;

export interface Ask {
  body?: unknown;
  /** For `Idempotency-Key`. */
  key?: string | null;
  /** How often it asks before it gives up; for ever, if it does not say. */
  tries?: number;
}

export interface LoadAnswer<T> {
  status: number;
  isReplay: boolean;
  body: T;
}

/** A sane client of the fleet: asks one API, and another one when there is no answer or a fault of the server. */
export class LoadClient {
  #turn = 0;

  constructor(
    private readonly apis: AppSlot[],
    private readonly apiKey: string,
  ) {}

  /** Asks until it has an answer that is not a fault of the server. @throws Error when it gives up */
  async ask<T>(method: 'GET' | 'POST', path: string, asked: Ask = {}): Promise<LoadAnswer<T>> {
    for (let tries = 1; ; tries += 1) {
      const answer = await this.#once<T>(method, path, asked).catch(String);
      if (typeof answer !== 'string' && answer.status < 500) return answer;
      if (tries === asked.tries) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
      await sleep(pauseMs * Math.min(tries, 6));
    }
  }

  /** One after the other: which one is there nobody knows. */
  async #once<T>(method: string, path: string, { body, key = null }: Ask): Promise<LoadAnswer<T>> {
    this.#turn += 1;
    const port = this.apis[this.#turn % this.apis.length]?.process?.port;
    if (port === undefined) throw new Error('there is no API in this place now');
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        'x-api-key': this.apiKey,
        ...(key !== null && { 'idempotency-key': key }),
      },
      ...(method === 'POST' && { body: JSON.stringify(body ?? {}) }),
      signal: AbortSignal.timeout(patienceMs),
    });
    const isReplay = response.headers.get('idempotent-replayed') === 'true';
    return { status: response.status, isReplay, body: (await response.json()) as T };
  }
}
