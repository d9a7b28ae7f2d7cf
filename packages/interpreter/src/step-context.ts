import type { RowData, Session } from '@runnel/contracts';

/** Where a task's results go. Each call returns when the result is taken over, so a slow store slows the robot. */
export interface TaskOutput {
  rows(list: string, rows: RowData[]): Promise<void>;
  artifact(artifact: { name: string; contentType: string; bytes: Buffer }): Promise<void>;
  warning(step: number, message: string): Promise<void>;
}

/** What a step works with. */
export interface StepContext {
  session: Session;
  output: TaskOutput;
  /** Ends with the task: abort, deadline, lost claim, shutdown. */
  signal: AbortSignal;
  /** Milliseconds that one call of this step may take. */
  timeoutMs: number;
  warn(message: string): Promise<void>;
  /** A signal that ends with the task, or when one call of this step has had its time. */
  callSignal(): AbortSignal;
  /** `name.extension`, or `name (2).extension` when the task has used that. */
  artifactName(name: string, extension: string): string;
}
