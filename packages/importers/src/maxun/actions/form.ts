import { closedObject } from '@runnel/contracts';
import { z } from 'zod';
import { touched, type Journey, type MadeStep } from '../journey';
import { selector, type Located } from '../selector';
import { element, timeoutOf, waiting, waitingKeys } from './element';
import { plainText } from './plain-text';
import { argument, made, translator, type SentAction } from './translator';

/** Maxun sends the kind of the input, which it does not use either. */
const typingOptions = z
  .union([z.string(), closedObject({ ...waitingKeys, delay: z.number().nullish() })], {
    error: 'must be the kind of the input, or options',
  })
  .nullish();

interface Change {
  located: Located;
  value: string;
  options: { timeout?: number | null | undefined } | null | undefined;
}

export const type = translator(z.tuple([selector, plainText, typingOptions]), (args, action, journey) => {
  const [located, value, sent] = args;
  return change({ located, value, options: typeof sent === 'string' ? null : sent }, action, journey);
});

export const fill = translator(z.tuple([selector, plainText, waiting]), (args, action, journey) => {
  const [located, value, options] = args;
  return change({ located, value, options }, action, journey);
});

const optionValue = z.union(
  [z.string(), closedObject({ value: z.string() }).transform(({ value }) => value)],
  {
    error: 'must be the value of one option; labels, positions and several options are not known here',
  },
);
const oneOption = z.preprocess(
  (sent) => (Array.isArray(sent) && sent.length === 1 ? (sent[0] as unknown) : sent),
  optionValue,
);

export const selectOption = translator(z.tuple([selector, oneOption, waiting]), (args, action, journey) => {
  const [located, value, options] = args;
  return change({ located, value, options }, action, journey);
});

function change({ located, value, options }: Change, action: SentAction, journey: Journey): MadeStep[] {
  touched(journey, located);
  const step = { type: 'change', ...element(located), value, ...timeoutOf(options) };
  return [made(action, step, { selectors: argument(action, 0), value: argument(action, 1) })];
}
