import type { Fault } from '@runnel/contracts';

/** What was asked for is not right: told to the client with every fault, and nothing was changed. */
export class InvalidInputError extends Error {
  constructor(
    message: string,
    readonly faults: Fault[],
  ) {
    super(message);
    this.name = 'InvalidInputError';
  }
}
