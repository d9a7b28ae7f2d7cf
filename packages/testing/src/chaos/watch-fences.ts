import type { Answered } from '../faults/statement-reader';
import type { AppSlot } from './app-slot';

/** What the database refused to workers because their attempt was not the task's any more. */
export interface FenceCount {
  /** Rows, artifacts, events and ends. */
  writes: number;
  /** Renewals: this is how a worker mostly hears of it. */
  renewals: number;
}

const write = /^\s*WITH (held|ended) AS/;
const renewal = /^\s*UPDATE tasks t SET lease_until/;

/** Counts on the workers' way to Postgres: a guarded statement that changed nothing was refused. */
export function watchFences(slots: AppSlot[]): FenceCount {
  const count = { writes: 0, renewals: 0 };
  const look = ({ statement, tag }: Answered): void => {
    if (tag === 'SELECT 0' && write.test(statement)) count.writes += 1;
    if (tag === 'UPDATE 0' && renewal.test(statement)) count.renewals += 1;
  };
  for (const { app, proxies } of slots) if (app === 'worker') proxies.postgres.onAnswer = look;
  return count;
}
