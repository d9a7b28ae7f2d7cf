import { failure, FailureError } from '@runnel/contracts';
import { isNavigatedAway } from '../page-errors';
import { assertedFrame, type Action } from './action';

const longestQuote = 200;

export const waitForExpression: Action<'waitForExpression'> = async (step, place) => {
  const { tab, frame, signal } = place;
  const what = `The expression ${quoted(step.expression)}`;
  const isTrue = async (): Promise<void> => {
    try {
      const handle = await tab.race(frame.waitForFunction(step.expression, { timeout: 0, signal }), signal);
      await handle.dispose();
    } catch (error) {
      if (error instanceof FailureError) throw error;
      if (signal.aborted) {
        const message = `${what} was not true in time on ${tab.url()}`;
        throw await tab.timedOut(signal, 'EXPRESSION_NOT_TRUE', message);
      }
      if (isNavigatedAway(error)) return isTrue();
      const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
      throw new FailureError(failure('EXPRESSION_NOT_TRUE', `${what} failed on ${tab.url()}: ${reason}`));
    }
  };
  await tab.act(isTrue, { signal, navigates: assertedFrame(step, place) });
};

/** Whole or not at all: of a secret that is cut short no mask could know what is left. */
function quoted(expression: string): string {
  const { length } = expression;
  return length > longestQuote ? `of ${length} characters` : JSON.stringify(expression);
}
