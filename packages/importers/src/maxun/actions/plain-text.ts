import { z } from 'zod';

/** `iv:cipher`, both in hex. */
const encrypted = /^[0-9a-f]{32}:(?:[0-9a-f]{32})+$/i;

/** A text to write, not one that only the server that stored it can read. */
export const plainText = z.string().superRefine((text, context) => {
  if (!encrypted.test(text)) return;
  const message =
    'is encrypted by a key that only its Maxun server has: write {"$param": "password"} in its place, ' +
    'and send that input with each run';
  context.addIssue({ code: 'custom', message });
});
