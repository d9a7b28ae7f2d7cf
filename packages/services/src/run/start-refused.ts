import type { Fault } from '@runnel/contracts';
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

/** What alone is more than the space may have waiting, no waiting helps. */
export function fullError({ queued, limit }: { queued: number; limit: number }, tasks: number): Error {
  if (tasks <= limit) return new SpaceFullError(queued, limit, tasks);
  const message = `make ${tasks} tasks; of this space ${limit} may wait at a time`;
  return new InvalidInputError('The run is too large for this space', [{ path: 'records', message }]);
}
