/** What was to be replaced is not the newest version of its robot. */
export class NewerVersionError extends Error {
  constructor() {
    super(
      'The robot has a newer version than the one that was to be changed: a draft, one that was published before, ' +
        'or what was sent at the same moment. Send this again, or replace all of it: PUT /api/robots/{id}?publish=true',
    );
    this.name = 'NewerVersionError';
  }
}
