import { setTimeout as sleep } from 'node:timers/promises';
import type { Fields } from '@runnel/contracts';
import { readPage, type PageQuery, type PageReading } from '@runnel/extraction';
import type { StepContext } from '../step-context';

const pollMs = 100;

/**
 * Reads the page until `isReady` says that what was asked for is there, or the step's time is over.
 * What came late may still be coming: it is read until two readings have the same number of rows.
 */
export async function readWhenReady(
  context: StepContext,
  query: PageQuery,
  isReady: (reading: PageReading) => boolean,
): Promise<PageReading> {
  const until = Date.now() + context.timeoutMs;
  const read = () => context.session.evaluate(readPage, query, context.callSignal());
  let reading = await read();
  let settled = isReady(reading);
  while (!settled && Date.now() < until) {
    await sleep(pollMs, undefined, { signal: context.signal });
    const next = await read();
    settled = isReady(next) && next.rows.length === reading.rows.length && isReady(reading);
    reading = next;
  }
  return reading;
}

/** The part of the field rules that the page itself must know. */
export function queryFor(fields: Fields, item: string | null, scope: string | null): PageQuery {
  const rules = Object.values(fields);
  return { item, scope, fields: rules.map(({ selector, attribute, all }) => ({ selector, attribute, all })) };
}
