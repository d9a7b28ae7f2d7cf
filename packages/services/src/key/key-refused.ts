/** It is the only key that opens all of its space: without it nobody could make another. */
export class LastAdminKeyError extends Error {
  constructor() {
    super(
      'This is the last key of its space with the scope admin that does not expire; make another one first',
    );
    this.name = 'LastAdminKeyError';
  }
}

/** The key opens nothing any more. */
export class KeyOverError extends Error {
  constructor() {
    super('The key is revoked or has expired; make a new one');
    this.name = 'KeyOverError';
  }
}
