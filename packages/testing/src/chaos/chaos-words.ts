import { parseArgs } from 'node:util';
import type { BackendName } from '../backends';

/** What `npm run chaos` was asked for. */
export interface ChaosWords {
  runs: number;
  seed: number;
  queues: BackendName[];
}

/** The program was called wrongly: one sentence. */
export class WrongWords extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WrongWords';
  }
}

const options = { runs: { type: 'string' }, seed: { type: 'string' }, queue: { type: 'string' } } as const;
const queues: Record<string, BackendName[]> = {
  redis: ['redis'],
  postgres: ['postgres'],
  both: ['postgres', 'redis'],
};

/** @throws WrongWords */
export function readChaosWords(words: string[]): ChaosWords {
  const { runs = '200', seed = String(Math.floor(Math.random() * 1e6)), queue = 'both' } = parsed(words);
  const chosen = Object.hasOwn(queues, queue) ? queues[queue] : undefined;
  if (!chosen) throw new WrongWords(`--queue is redis, postgres or both, not ${JSON.stringify(queue)}`);
  return {
    runs: wholeNumber('runs', runs, { from: 1, to: 100_000 }),
    seed: wholeNumber('seed', seed, { from: 0, to: 2 ** 32 - 1 }),
    queues: chosen,
  };
}

function parsed(words: string[]): { runs?: string; seed?: string; queue?: string } {
  try {
    return parseArgs({ args: words, options }).values;
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split('. ');
    throw new WrongWords(`${sentence}; allowed: --runs N, --seed S, --queue redis|postgres|both`);
  }
}

function wholeNumber(name: string, text: string, { from, to }: { from: number; to: number }): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (value >= from && value <= to) return value;
  throw new WrongWords(`--${name} is a whole number from ${from} to ${to}, not ${JSON.stringify(text)}`);
}
