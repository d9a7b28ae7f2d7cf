import { InvalidInputError } from '../invalid-input';

/** A run of the schedule has not ended, and by its policy no other begins. */
export class ScheduleBusyError extends Error {
  constructor(readonly runId: string) {
    super('The last run of this schedule has not ended, and its overlap policy lets no other begin');
    this.name = 'ScheduleBusyError';
  }
}

/** The run that was made with the schedule ended before it began: there is none to begin. */
export class AheadRunEndedError extends Error {
  constructor() {
    super('The run that was made with this schedule has ended already; make another schedule');
    this.name = 'AheadRunEndedError';
  }
}

/** The robot that a schedule is to have is not there. */
export class NoSuchRobotError extends InvalidInputError {
  constructor(robotId: string) {
    super('The schedule is not right', [
      { path: 'robotId', message: 'there is no such robot', found: robotId },
    ]);
    this.name = 'NoSuchRobotError';
  }
}
