import type { FrameCall, Options, RowData, Session, Step } from '@runnel/contracts';
import type { HeldRows } from './held-rows';
import type { KeepSecrets } from './keep-secrets';
import type { RowSink } from './row-sink';

/** Where a task's results go. Each call returns when the result is taken over, so a slow store slows the robot. */
export interface TaskOutput {
  rows(list: string, rows: RowData[]): Promise<void>;
  artifact(artifact: { name: string; contentType: string; bytes: Buffer }): Promise<void>;
  warning(step: number, message: string): Promise<void>;
}

/** What steps work with, whatever step it is. */
export interface StepScope {
  session: Session;
  sink: RowSink;
  /** Rows that a later `follow` goes on with. */
  held: HeldRows;
  options: Options;
  /** Called before a step works with a page. @throws FailureError SECRET_REFUSED */
  keepSecrets: KeepSecrets;
  /** The address that was last asked for, as far as no click has led elsewhere. */
  trail: { asked: string | null };
  /** Ends with the task: abort, deadline, lost claim, shutdown. */
  signal: AbortSignal;
  /** True for one page of many: what it lacks is no slip in the definition, and not told for each. */
  isOneOfMany: boolean;
  /** Milliseconds that a step may take, where it does not say; null: each step's own. */
  robotTimeout: number | null;
  warn(message: string): Promise<void>;
  saveArtifact(artifact: {
    name: string;
    extension: string;
    contentType: string;
    bytes: Buffer;
  }): Promise<void>;
  /** Runs steps on another page, or on this one for other rows. @throws FailureError */
  runSteps(steps: Step[], scope: StepScope): Promise<void>;
}

/** What one step works with. */
export interface StepContext extends StepScope {
  /** Milliseconds that one call of this step may take. */
  timeoutMs: number;
  /** A signal that ends with the task, or when one call of this step has had its time. */
  callSignal(): AbortSignal;
  /** The same, with the tab and frame that the step names. */
  call(): FrameCall;
}
