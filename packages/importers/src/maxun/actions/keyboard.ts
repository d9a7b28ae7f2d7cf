import { closedObject } from '@runnel/contracts';
import { z } from 'zod';
import { hasFocus, touched, type MadeStep } from '../journey';
import { selector } from '../selector';
import { element, timeoutOf, waitingKeys } from './element';
import { plainText } from './plain-text';
import { argument, made, translator, type SentAction } from './translator';

/** Maxun sends the kind of the input, which it does not use either. */
const options = z
  .union([z.string(), closedObject({ ...waitingKeys, delay: z.number().nullish() })], {
    error: 'must be the kind of the input, or options',
  })
  .nullish();

/** A key in an element: it is clicked first, unless it has the focus already. */
export const press = translator(z.tuple([selector, plainText, options]), (args, action, journey) => {
  const [located, key, sent] = args;
  const wait = typeof sent === 'string' ? {} : timeoutOf(sent);
  const focus = { type: 'click', ...element(located), ...wait };
  const first = hasFocus(journey, located) ? [] : [made(action, focus, { selectors: argument(action, 0) })];
  touched(journey, located);
  return [...first, ...keySteps(key, action, argument(action, 1))];
});

/** A key where the focus is. */
export const keyboardPress = translator(
  z.tuple([plainText, closedObject({ delay: z.number().nullish() }).nullish()]),
  ([key], action, journey) => {
    touched(journey, null);
    return keySteps(key, action, argument(action, 0));
  },
);

/** `Control+A`: down one after the other, and up in reverse. */
function keySteps(sent: string, action: SentAction, place: string): MadeStep[] {
  const keys = sent.length === 1 ? [sent] : sent.split('+').map(keyName);
  const step = (type: string) => (key: string) => made(action, { type, key }, { key: place });
  return [...keys.map(step('keyDown')), ...keys.toReversed().map(step('keyUp'))];
}

function keyName(key: string): string {
  if (key === '') return '+';
  return key === 'ControlOrMeta' ? 'Control' : key;
}
