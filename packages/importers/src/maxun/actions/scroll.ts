import { closedObject } from '@runnel/contracts';
import { z } from 'zod';
import { argument, made, translator } from './translator';

const pages = z.number().int().min(1).max(100);
/** What Maxun's SDK sends and its server takes no notice of. */
const ofSdk = closedObject({ direction: z.string().nullish(), distance: z.number().nullish() });

/** Recorder's `scroll` goes to a place from the top; Maxun goes on by what one sees at a time. */
const byOneView = `(window.scrollBy({ top: window.innerHeight, behavior: 'instant' }), true)`;

export const scroll = translator(
  z.tuple([z.union([pages, ofSdk], { error: 'must be a number of pages, from 1 to 100' }).nullish()]),
  ([sent], action) =>
    Array.from({ length: typeof sent === 'number' ? sent : 1 }, () =>
      made(action, { type: 'waitForExpression', expression: byOneView }, { expression: argument(action, 0) }),
    ),
);
