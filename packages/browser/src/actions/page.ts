import { abortable } from '../abortable';
import type { Action } from './action';

export const setViewport: Action<'setViewport'> = async (step, { tab, signal }) => {
  const { width, height, deviceScaleFactor, isMobile, hasTouch, isLandscape } = step;
  const viewport = {
    width,
    height,
    ...(deviceScaleFactor !== undefined && { deviceScaleFactor }),
    ...(isMobile !== undefined && { isMobile }),
    ...(hasTouch !== undefined && { hasTouch }),
    ...(isLandscape !== undefined && { isLandscape }),
  };
  await tab.again(() => tab.page.setViewport(viewport), signal);
};

export const emulateNetworkConditions: Action<'emulateNetworkConditions'> = async (step, { tab, signal }) => {
  const { download, upload, latency } = step;
  const offline = download === 0 && upload === 0;
  await tab.again(() => tab.page.emulateNetworkConditions({ offline, download, upload, latency }), signal);
};

export const close: Action<'close'> = async (_step, { tab, signal }) => {
  await abortable(tab.page.close(), signal);
};

/** The Recorder's runner does nothing for it either; here one can see that. */
export const customStep: Action<'customStep'> = (step, { tab }) => {
  tab.warnings.push(`the customStep ${JSON.stringify(step.name)} does nothing here`);
  return Promise.resolve();
};
