import { z } from 'zod';
import { at } from '../../path';
import { pageFields, type MadeField } from '../fields';
import type { Journey, MadeStep } from '../journey';
import { selector } from '../selector';
import { argument, made, translator } from './translator';

/** Maxun's name for the texts of a page. */
const usualName = 'Texts';

/** Fields of one page are one row, also those of several actions; a field that is read again opens a new row. */
export const scrapeSchema = translator(z.tuple([pageFields]), ([fields], action, journey) => {
  const name = action.name ?? usualName;
  const places = Object.keys(fields).map((key) => [at('fields', key), argument(action, 0, key)] as const);
  const row = rowToJoin(name, fields, journey);
  if (!row) {
    const step = { type: 'extract', name, fields };
    const all = { name: `${action.path}.name`, fields: argument(action, 0), ...Object.fromEntries(places) };
    return [made(action, step, all)];
  }
  row.step = { ...row.step, fields: { ...fieldsOf(row), ...fields } };
  row.places = { ...row.places, ...Object.fromEntries(places) };
  return [];
});

/** Maxun guesses what is inside; the text of it is what every guess reads. */
export const scrape = translator(z.tuple([selector]), ([located], action) => {
  const step = { type: 'extract', name: action.name ?? usualName, fields: { text: located } };
  return [made(action, step, { name: `${action.path}.name`, 'fields.text': argument(action, 0) })];
});

/** Steps that leave the page as it is. */
const readsOnly = new Set(['extract', 'extractList', 'screenshot', 'content']);

function rowToJoin(name: string, fields: Record<string, MadeField>, journey: Journey): MadeStep | undefined {
  const after = journey.steps.findLastIndex(({ step }) => !readsOnly.has(step.type) || 'paginate' in step);
  const rows = journey.steps.slice(after + 1).filter((each) => isRowOf(each, name));
  const last = rows.at(-1);
  if (!last || last.step['when'] !== journey.condition?.selector) return undefined;
  return Object.keys(fields).some((key) => Object.hasOwn(fieldsOf(last), key)) ? undefined : last;
}

function isRowOf({ step }: MadeStep, name: string): boolean {
  return step.type === 'extract' && step['name'] === name;
}

function fieldsOf({ step }: MadeStep): Record<string, unknown> {
  return step['fields'] as Record<string, unknown>;
}
