import type { StepOf } from '@runnel/contracts';
import type { StepContext } from '../step-context';

export async function pdf(step: StepOf<'pdf'>, context: StepContext): Promise<void> {
  const { name, format, landscape } = step;
  const bytes = await context.session.pdf({ format, landscape }, context.call());
  await context.saveArtifact({ name, extension: 'pdf', contentType: 'application/pdf', bytes });
}
