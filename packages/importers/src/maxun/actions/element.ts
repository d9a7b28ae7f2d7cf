import { closedObject } from '@runnel/contracts';
import { z } from 'zod';
import type { Located } from '../selector';

/** Options of Playwright's actions that say how long and how carefully it waits; only `timeout` means something here. */
export const waitingKeys = {
  timeout: z.number().nullish(),
  force: z.boolean().nullish(),
  strict: z.boolean().nullish(),
  noWaitAfter: z.boolean().nullish(),
};
export const waiting = closedObject(waitingKeys).nullish();

/** An element as steps of the Recorder name it. */
export function element({ selector, frame }: Located): { selectors: string[][]; frame?: string } {
  return { selectors: [[selector]], ...(frame !== undefined && { frame }) };
}

/** A step's `timeout`, when one was sent. */
export function timeoutOf(options: { timeout?: number | null | undefined } | null | undefined): {
  timeout?: number;
} {
  const timeout = options?.timeout ?? null;
  return timeout === null ? {} : { timeout };
}
