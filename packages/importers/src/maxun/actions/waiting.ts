import { closedObject } from '@runnel/contracts';
import { z } from 'zod';
import { isPlainCss, selector } from '../selector';
import { element, timeoutOf } from './element';
import { argument, made, refuse, translator } from './translator';

const loadStates = z.enum(['networkidle', 'load', 'domcontentloaded', 'commit']).nullish();
const loadOptions = closedObject({ timeout: z.number().nullish() }).nullish();

/** Nothing to do: Maxun waits for the document alone, whatever the state, and so does every step of ours. */
export const waitForLoadState = translator(z.tuple([loadStates, loadOptions]), () => []);

export const waitForTimeout = translator(z.tuple([z.number().min(0)]), ([milliseconds], action) => [
  made(action, { type: 'wait', ms: Math.ceil(milliseconds) }, { ms: argument(action, 0) }),
]);

const selectorOptions = closedObject({
  state: z.enum(['attached', 'visible', 'detached', 'hidden']).nullish(),
  timeout: z.number().nullish(),
  strict: z.boolean().nullish(),
}).nullish();

export const waitForSelector = translator(z.tuple([selector, selectorOptions]), (args, action, journey) => {
  const [located, options] = args;
  const place = argument(action, 0);
  const wait = timeoutOf(options);
  if (options?.state !== 'hidden') {
    const gone = options?.state === 'detached' ? { visible: false } : {};
    const step = { type: 'waitForElement', ...element(located), ...gone, ...wait };
    return [made(action, step, { selectors: place })];
  }
  if (!isPlainCss(located.selector)) {
    const message = 'must be plain CSS, to wait until no such element is seen';
    return refuse(journey, place, { message });
  }
  const all = `[...document.querySelectorAll(${JSON.stringify(located.selector)})]`;
  const expression = `!${all}.some((element) => element.checkVisibility())`;
  const { frame } = element(located);
  const step = { type: 'waitForExpression', expression, ...(frame !== undefined && { frame }), ...wait };
  return [made(action, step, { expression: place })];
});
