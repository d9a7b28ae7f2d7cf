import { closedObject } from '@runnel/contracts';
import { z } from 'zod';
import { argument, made, translator } from './translator';

/** How a picture is made, beside what is on it: ours are PNG, without a text cursor that blinks. */
const options = closedObject({
  type: z.enum(['png']).nullish(),
  fullPage: z.boolean().nullish(),
  timeout: z.number().nullish(),
  caret: z.string().nullish(),
  scale: z.string().nullish(),
  animations: z.string().nullish(),
  quality: z.number().nullish(),
}).nullish();

export const screenshot = translator(z.tuple([options, z.string().nullish()]), ([sent, name], action) => {
  const called = name ?? action.name;
  const step = {
    type: 'screenshot',
    ...(called !== null && { name: called }),
    ...(sent?.fullPage === true && { fullPage: true }),
    // 0 is Playwright's word for no limit.
    ...(sent?.timeout && { timeout: sent.timeout }),
  };
  return [
    made(action, step, { name: typeof name === 'string' ? argument(action, 1) : `${action.path}.name` }),
  ];
});

/** A sign between Maxun's interpreter and its editor. */
export const flag = translator(z.tuple([z.string().nullish()]), () => []);
