import { closedObject } from '@runnel/contracts';
import { z } from 'zod';
import { touched } from '../journey';
import { isPlainCss, selector } from '../selector';
import { splitOutside } from '../split-outside';
import { element, timeoutOf, waiting, waitingKeys } from './element';
import { argument, made, refuse, translator, type Translator } from './translator';

const buttons = { left: 'primary', middle: 'auxiliary', right: 'secondary' } as const;

const clickOptions = closedObject({
  ...waitingKeys,
  position: closedObject({ x: z.number(), y: z.number() }).nullish(),
  button: z.enum(['left', 'middle', 'right']).nullish(),
  clickCount: z.literal([1, 2]).nullish(),
  /** Milliseconds between press and release. */
  delay: z.number().nullish(),
  /** Where Maxun's editor puts the text cursor. */
  cursorIndex: z.number().nullish(),
}).nullish();
const cursor = closedObject({ cursorIndex: z.number().nullish() }).nullish();

export const click = pressing('click');
export const dblclick = pressing('doubleClick');

function pressing(type: 'click' | 'doubleClick'): Translator {
  return translator(z.tuple([selector, clickOptions, cursor]), ([located, options], action, journey) => {
    touched(journey, located);
    const { position, button, delay, clickCount } = options ?? {};
    const step = {
      type: clickCount === 2 ? 'doubleClick' : type,
      ...element(located),
      ...(position && { offsetX: position.x, offsetY: position.y }),
      ...(button && button !== 'left' && { button: buttons[button] }),
      ...(typeof delay === 'number' && { duration: delay }),
      ...timeoutOf(options),
    };
    return [made(action, step, { selectors: argument(action, 0) })];
  });
}

export const hover = translator(z.tuple([selector, waiting]), ([located, options], action) => [
  made(
    action,
    { type: 'hover', ...element(located), ...timeoutOf(options) },
    { selectors: argument(action, 0) },
  ),
]);

export const check = checking(':not(:checked)');
export const uncheck = checking(':checked');

/** A click, where the box is not as it should be; the box is waited for, since a condition is not. */
function checking(state: string): Translator {
  return translator(z.tuple([selector, waiting]), ([located, options], action, journey) => {
    const place = argument(action, 0);
    if (!isPlainCss(located.selector) || located.frame !== undefined) {
      const message = `must be plain CSS on the page itself: "${action.type}" asks first whether the box is checked`;
      return refuse(journey, place, { message });
    }
    touched(journey, located);
    const isList = splitOutside(located.selector, ',').length > 1;
    const when = `${isList ? `:is(${located.selector})` : located.selector}${state}`;
    const box = { ...element(located), ...timeoutOf(options) };
    return [
      made(action, { type: 'waitForElement', ...box }, { selectors: place }),
      made(action, { type: 'click', ...box, when }, { selectors: place, when: place }),
    ];
  });
}
