import { failure, FailureError, type StepOf } from '@runnel/contracts';
import type { StepContext } from '../step-context';

export async function navigate(step: StepOf<'navigate'>, context: StepContext): Promise<void> {
  const protocol = URL.canParse(step.url) ? new URL(step.url).protocol : null;
  if (protocol !== 'http:' && protocol !== 'https:' && step.url !== 'about:blank') {
    throw new FailureError(
      failure('URL_INVALID', `${JSON.stringify(step.url)} is not an http or https address`),
    );
  }
  context.trail.asked = step.url;
  await context.session.navigate(step.url, context.call());
}
