import type { StepOf } from '@runnel/contracts';
import type { StepContext } from '../step-context';

export async function screenshot(step: StepOf<'screenshot'>, context: StepContext): Promise<void> {
  const { fullPage, selector } = step;
  const bytes = await context.session.screenshot(
    { fullPage, ...(selector !== undefined && { selector }) },
    context.callSignal(),
  );
  const name = context.artifactName(step.name, 'png');
  await context.output.artifact({ name, contentType: 'image/png', bytes });
}
