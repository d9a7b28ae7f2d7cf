import type { StopReason } from './attempt-stopped';

/** An attempt that runs now, for those who may have to end it. */
export interface RunningAttempt {
  readonly runId: string;
  stop: (reason: StopReason) => void;
}
