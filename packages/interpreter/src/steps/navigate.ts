import { failure, FailureError, isBlankPage, type StepOf, isUrl } from '@runnel/contracts';
import type { StepContext } from '../step-context';

export async function navigate(step: StepOf<'navigate'>, context: StepContext): Promise<void> {
  // The page of a new tab is there already.
  if (isBlankPage(step.url)) return;
  const protocol = isUrl(step.url) ? new URL(step.url).protocol : null;
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new FailureError(
      failure('URL_INVALID', `${JSON.stringify(step.url)} is not an http or https address`),
    );
  }
  context.trail.asked = step.url;
  await context.session.navigate(step.url, context.call());
}
