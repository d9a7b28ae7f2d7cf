import type { RecordName } from '@runnel/contracts';

/** One record of a run's input, as it was given. */
export interface GivenRecord extends RecordName {
  inputs: Record<string, unknown>;
  /** True: values are text, as in a CSV file, and are read as the types that the robot's inputs have. */
  isText: boolean;
}

/** A run has one task for each. */
export const mostRecords = 10_000;
