import type { StepOf } from '@runnel/contracts';
import type { StepContext } from '../step-context';

export async function screenshot(step: StepOf<'screenshot'>, context: StepContext): Promise<void> {
  const { name, fullPage, selector } = step;
  const options = { fullPage, ...(selector !== undefined && { selector }) };
  const bytes = await context.session.screenshot(options, context.call());
  await context.saveArtifact({ name, extension: 'png', contentType: 'image/png', bytes });
}
