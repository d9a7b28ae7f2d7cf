import { setTimeout as sleep } from 'node:timers/promises';
import type { Fields, FramePath } from '@runnel/contracts';
import { readPage, type PageQuery, type PageReading } from '@runnel/extraction';
import type { StepContext } from '../step-context';

const pollMs = 100;

/** What to read of a page: the query of its own frame, and of each frame that fields name. */
export interface Reading {
  fields: Fields;
  item: string | null;
  scope: string | null;
  /** Items at the front that were read before. */
  skip: number;
}

/**
 * Reads the page until `isReady` says that what was asked for is there, or the step's time is over.
 * What came late may still be coming: it is read until two readings have the same number of rows.
 * A page that was only fetched does not change.
 */
export async function readWhenReady(
  context: StepContext,
  wanted: Reading,
  isReady: (reading: PageReading) => boolean,
): Promise<PageReading> {
  const until = Date.now() + context.timeoutMs;
  let reading = await read(context, wanted);
  let settled = isReady(reading) || context.session.engine === 'http';
  while (!settled && Date.now() < until) {
    await sleep(pollMs, undefined, { signal: context.signal });
    const next = await read(context, wanted);
    settled = isReady(next) && next.rows.length === reading.rows.length && isReady(reading);
    reading = next;
  }
  return reading;
}

/** The page's rows; the cells of fields in other frames are the same in every row. */
async function read(context: StepContext, wanted: Reading): Promise<PageReading> {
  const { item, scope, skip } = wanted;
  const rules = Object.values(wanted.fields);
  const query = (frame: string): PageQuery['fields'] =>
    rules.map(({ selector, attribute, all, ...rule }) =>
      keyOf(rule.frame) === frame ? { selector, attribute, all } : null,
    );
  const own = await context.session.ask(
    readPage,
    { item, scope, skip, fields: query(keyOf(undefined)) },
    context.call(),
  );
  const frames = new Set(rules.map((rule) => keyOf(rule.frame)));
  frames.delete(keyOf(undefined));
  for (const frame of frames) {
    const path = JSON.parse(frame) as FramePath;
    const question = { item: null, scope: null, skip: 0, fields: query(frame) };
    const { rows } = await context.session.ask(readPage, question, { ...context.call(), frame: path });
    for (const row of own.rows) rows[0]?.forEach((cell, index) => cell.length > 0 && (row[index] = cell));
  }
  return own;
}

function keyOf(frame: FramePath): string {
  return JSON.stringify(frame ?? null);
}
