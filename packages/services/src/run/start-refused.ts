import type { Fault } from '@runnel/contracts';
import type { Inserted } from '@runnel/store';
import { InvalidInputError } from '../invalid-input';

/** The idempotency key was sent before, with another request. */
export class KeyReusedError extends Error {
  constructor(readonly faults: Fault[]) {
    super('This Idempotency-Key was sent before, with another request; send a new key for another request');
    this.name = 'KeyReusedError';
  }
}

/** The run that the idempotency key started was removed since. */
export class RunRemovedError extends Error {
  constructor() {
    super('The run that this Idempotency-Key started was removed; send a new key for another request');
    this.name = 'RunRemovedError';
  }
}

/** The space would have more tasks waiting than it may. Trying again later may help. */
export class SpaceFullError extends Error {
  constructor(queued: number, limit: number, asked: number) {
    const tasks = asked === 1 ? 'one more' : `${asked} more`;
    super(`${queued} tasks of this space wait already, and ${limit} may: there is no room for ${tasks} now`);
    this.name = 'SpaceFullError';
  }
}

/** The key would have started more tasks today than it may. Trying again tomorrow helps. */
export class BudgetSpentError extends Error {
  constructor(
    { used, limit }: { used: number; limit: number },
    asked: number,
    readonly retryAfterSeconds: number,
  ) {
    const tasks = asked === 1 ? 'one more' : `${asked} more`;
    super(
      `This API key has started ${used} tasks today (UTC), and may ${limit}: there is no room for ${tasks}`,
    );
    this.name = 'BudgetSpentError';
  }
}

/** What the insertion of a run was refused with; what alone is more than may be, no waiting helps. */
export function refusedError(refused: Inserted & { kind: 'full' | 'spent' }, tasks: number): Error {
  if (refused.kind === 'full') return fullError(refused, tasks);
  const { limit, untilNextMs } = refused;
  if (tasks <= limit) return new BudgetSpentError(refused, tasks, Math.ceil(untilNextMs / 1_000));
  const message = `make ${tasks} tasks; this API key may start ${limit} in a day`;
  return new InvalidInputError('The run is too large for this API key', [{ path: 'records', message }]);
}

/** What alone is more than the space may have waiting, no waiting helps. */
function fullError({ queued, limit }: { queued: number; limit: number }, tasks: number): Error {
  if (tasks <= limit) return new SpaceFullError(queued, limit, tasks);
  const message = `make ${tasks} tasks; of this space ${limit} may wait at a time`;
  return new InvalidInputError('The run is too large for this space', [{ path: 'records', message }]);
}
