import { closedObject } from '@runnel/contracts';
import { z } from 'zod';
import { opened } from '../journey';
import { timeoutOf } from './element';
import { argument, made, refuse, translator, type Translator } from './translator';

const options = closedObject({ timeout: z.number().nullish(), waitUntil: z.string().nullish() }).nullish();

/** Like Maxun, a `navigate` of ours waits for the document, whatever `waitUntil` says. */
export const goto = translator(z.tuple([z.string().min(1, 'is empty'), options]), (args, action, journey) => {
  const [url, sent] = args;
  const { pages, current } = journey.addresses;
  opened(journey, { pages: [...pages.slice(0, current + 1), url], current: current + 1 });
  return [made(action, { type: 'navigate', url, ...timeoutOf(sent) }, { url: argument(action, 0) })];
});

/** Our language has no history of pages: the address is opened again, where one can tell which it is. */
export const goBack = inHistory(-1);
export const goForward = inHistory(1);

function inHistory(by: 1 | -1): Translator {
  return translator(z.tuple([options]), ([sent], action, journey) => {
    const { pages, current } = journey.addresses;
    const url = pages[current + by];
    if (url === undefined) {
      const message = 'which page this opens shows in a run only; open it by "goto" and its address';
      return refuse(journey, `${action.path}.action`, { message, found: action.type });
    }
    opened(journey, { pages, current: current + by });
    return [made(action, { type: 'navigate', url, ...timeoutOf(sent) })];
  });
}
