import { FailureError, type Failure, type RowData, type Session, type Step } from '@runnel/contracts';
import type { StepContext, StepScope } from '../step-context';
import { JoinedRow } from './joined-row';

/** What came of one page: its row, or why there is none. */
export type Visit<T> = { read: T; failure: null } | { read: null; failure: Failure };

/** Runs steps on a page and gives what they read as one row. */
export async function readPageRow(steps: Step[], session: Session, context: StepContext): Promise<RowData> {
  const joined = new JoinedRow();
  const scope: StepScope = { ...context, session, sink: joined, trail: { asked: session.url() } };
  await context.runSteps(steps, scope);
  return joined.joined;
}

/** What `work` gives, or its failure; a failure that another try may mend is tried once more. */
export async function attemptVisit<T>(work: () => Promise<T>): Promise<Visit<T>> {
  for (let tries = 1; ; tries += 1) {
    try {
      return { read: await work(), failure: null };
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      if (!error.failure.retryable || tries === 2) return { read: null, failure: error.failure };
    }
  }
}
