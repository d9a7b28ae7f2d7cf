import { failure, FailureError, type Fields, type StepOf } from '@runnel/contracts';
import { toRow, type PageReading } from '@runnel/extraction';
import type { StepContext } from '../step-context';
import { mayBeMissing } from './may-be-missing';
import { readWhenReady } from './read-when-ready';

/** One row from the page, or from its part `scope`. */
export async function extract(step: StepOf<'extract'>, context: StepContext): Promise<void> {
  const { name, fields, scope = null } = step;
  const required = Object.values(fields).map((rule) => rule.required);
  const isReady = ({ rows: [cells] }: PageReading): boolean =>
    cells !== undefined &&
    cells.some((cell) => cell.length > 0) &&
    required.every((needed, index) => !needed || (cells[index] ?? []).length > 0);
  const reading = await readWhenReady(context, { fields, item: null, scope, skip: 0 }, isReady);
  const cells = reading.rows[0];
  const isEmpty = !cells || cells.every((cell) => cell.length === 0);
  if (!cells || (isEmpty && !required.includes(true))) throw noMatch(step, reading, context.session.url());
  const { row, warnings } = toRow(fields, cells, {
    baseUrl: reading.baseUrl,
    locale: context.options.locale,
  });
  if (!context.isOneOfMany) await warnOfMissing(fields, cells, context);
  for (const { field, message } of warnings) await context.warn(`field ${JSON.stringify(field)} ${message}`);
  await context.sink.row(name, row);
}

/** A field that nothing was found for is most often misspelt. */
async function warnOfMissing(fields: Fields, cells: string[][], context: StepContext): Promise<void> {
  for (const [index, [field, { selector, ...rule }]] of Object.entries(fields).entries()) {
    if ((cells[index] ?? []).length > 0 || mayBeMissing(rule)) continue;
    await context.warn(`field ${JSON.stringify(field)}: nothing matches ${JSON.stringify(selector)}`);
  }
}

function noMatch(
  { scope, fields }: StepOf<'extract'>,
  { scopeFound }: PageReading,
  url: string,
): FailureError {
  const selectors = Object.values(fields).map((rule) => rule.selector);
  const tried = scope === undefined || scopeFound ? selectors : [scope];
  const message = `Nothing on ${url} matches ${tried.map((selector) => JSON.stringify(selector)).join(' or ')}`;
  return new FailureError(failure('SELECTOR_NO_MATCH', message, { selectors: tried, url }));
}
