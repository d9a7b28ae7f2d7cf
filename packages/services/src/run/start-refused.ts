import type { Fault } from '@runnel/contracts';
import { InvalidInputError } from '../invalid-input';

/** The idempotency key was sent before, with another request. */
export class KeyReusedError extends Error {
  constructor(readonly faults: Fault[]) {
    super('This Idempotency-Key was sent before, with another request; send a new key for a new run');
    this.name = 'KeyReusedError';
  }
}

/** The run that the idempotency key started was removed since. */
export class RunRemovedError extends Error {
  constructor() {
    super('The run that this Idempotency-Key started was removed; send a new key for a new run');
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

/** The published version was asked for, and there is none. */
export class NothingPublishedError extends InvalidInputError {
  constructor() {
    const message = 'no version is published; publish one, or start the draft';
    super('Nothing is published', [{ path: 'stage', message }]);
    this.name = 'NothingPublishedError';
  }
}
