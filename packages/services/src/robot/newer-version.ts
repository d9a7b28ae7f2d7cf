/** What was to be replaced is not the newest version of its robot. */
export class NewerVersionError extends Error {
  constructor() {
    super(
      'The robot has a newer version than the one that was to be changed: a draft, or what was sent at the same ' +
        'moment; publish the draft, or send this again',
    );
    this.name = 'NewerVersionError';
  }
}
