/** Why an attempt ends before its robot does; `engine`: the one that `auto` took did not do. */
export type StopReason = 'aborted' | 'deadline' | 'drain' | 'engine' | 'lost';

/** The reason of an attempt's AbortSignal. */
export class AttemptStopped extends Error {
  constructor(readonly reason: StopReason) {
    super(`the attempt was stopped: ${reason}`);
    this.name = 'AttemptStopped';
  }
}
