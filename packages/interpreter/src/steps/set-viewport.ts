import type { StepOf } from '@runnel/contracts';
import type { StepContext } from '../step-context';

export async function setViewport(step: StepOf<'setViewport'>, context: StepContext): Promise<void> {
  const { width, height, deviceScaleFactor, isMobile, hasTouch, isLandscape } = step;
  const viewport = {
    width,
    height,
    ...(deviceScaleFactor !== undefined && { deviceScaleFactor }),
    ...(isMobile !== undefined && { isMobile }),
    ...(hasTouch !== undefined && { hasTouch }),
    ...(isLandscape !== undefined && { isLandscape }),
  };
  await context.session.setViewport(viewport, context.callSignal());
}
