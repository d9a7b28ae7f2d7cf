import type { RowData, Session, Step } from '@runnel/contracts';
import type { StepContext, StepScope } from '../step-context';
import { JoinedRow } from './joined-row';

/** Runs steps on a page and gives what they read as one row. */
export async function readPageRow(steps: Step[], session: Session, context: StepContext): Promise<RowData> {
  const joined = new JoinedRow();
  const trail = { asked: session.url() };
  const scope: StepScope = { ...context, session, sink: joined, trail, isOneOfMany: true };
  await context.runSteps(steps, scope);
  return joined.joined;
}
