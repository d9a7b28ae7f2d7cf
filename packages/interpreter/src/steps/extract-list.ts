import { failure, FailureError, type RowData, type StepOf } from '@runnel/contracts';
import { countMatches, SeenRows, toRow, type CellWarning, type PageReading } from '@runnel/extraction';
import { nextPage, pageAddress, type NextPage } from '../pagination';
import type { StepContext } from '../step-context';
import { mayBeMissing } from './may-be-missing';
import { readWhenReady } from './read-when-ready';

type ListStep = StepOf<'extractList'>;

/** What was given of a list so far. */
interface Given {
  seen: SeenRows;
  count: number;
}

/** Rows of one list, page after page, until its limit, its last page, or a page that brings nothing new. */
export async function extractList(step: ListStep, context: StepContext): Promise<void> {
  const { item, paginate } = step;
  const given: Given = { seen: new SeenRows(step.unique), count: 0 };
  const visited = new Set<string>();
  let next: NextPage | null = { skip: 0 };
  for (let page = 1; next !== null; page += 1) {
    visited.add(pageAddress(context.session.url()));
    const { skip }: NextPage = next;
    const read = await givePage(step, context, { given, skip, isFirst: page === 1 });
    if (read === null || !paginate) return;
    if (page >= paginate.maxPages)
      return context.warn(`list ${JSON.stringify(step.name)} stopped at maxPages ${page}`);
    next = await nextPage(paginate, { item, visited, page, read: skip + read }, context);
    if (next === null && page === 1 && !context.isOneOfMany) await warnOfNoControl(step, context);
  }
}

/** Gives the rows of the page that were not given before: how many were read. Null: the list ends here. */
async function givePage(
  step: ListStep,
  context: StepContext,
  { given, skip, isFirst }: { given: Given; skip: number; isFirst: boolean },
): Promise<number | null> {
  const { name, limit = Infinity, unique } = step;
  const { rows, failed } = await readRows(step, context, skip);
  if (isFirst && !failed) requireRows(step, rows.length, context.session.url());
  // Items that were added below those before are others, also where they say the same.
  const wereAdded = skip > 0 && unique === undefined;
  const fresh = rows.filter((row) => given.seen.isNew(row) || wereAdded).slice(0, limit - given.count);
  given.seen.endPage();
  given.count += fresh.length;
  await context.sink.rows(name, fresh);
  if (failed) throw failed;
  return fresh.length > 0 && given.count < limit ? rows.length : null;
}

/** The rows of the page; of those before the item that failed, if one did. */
async function readRows(
  step: ListStep,
  context: StepContext,
  skip: number,
): Promise<{ rows: RowData[]; failed: FailureError | null }> {
  const { fields, item } = step;
  const isReady = (reading: PageReading): boolean => reading.rows.length > 0;
  const { rows, baseUrl } = await readWhenReady(context, { fields, item, scope: null, skip }, isReady);
  const { locale } = context.options;
  const read: ReturnType<typeof toRow>[] = [];
  let failed: FailureError | null = null;
  for (const cells of rows) {
    try {
      read.push(toRow(fields, cells, { baseUrl, locale }));
    } catch (error) {
      failed = inItem(error, read.length, item);
      break;
    }
  }
  if (skip === 0 && !context.isOneOfMany) await warnOfEmptyFields(step, context, rows);
  await warnOfCells(
    step,
    context,
    read.map(({ warnings }) => warnings),
  );
  return { rows: read.map(({ row }) => row), failed };
}

/** The failure of a required field, told with its place. */
function inItem(error: unknown, index: number, item: string): FailureError {
  if (!(error instanceof FailureError)) throw error;
  const { code, message, details } = error.failure;
  const told = failure(code, `Item ${index + 1} of ${JSON.stringify(item)}: ${message}`, {
    ...details,
    within: item,
  });
  return new FailureError(told, { cause: error });
}

/** A field that nothing was found for in any row is most often misspelt. */
async function warnOfEmptyFields(step: ListStep, context: StepContext, rows: string[][][]): Promise<void> {
  const rules = Object.entries(step.fields);
  for (const [index, [name, { selector, ...rule }]] of rules.entries()) {
    if (rows.length === 0 || mayBeMissing(rule) || rows.some((cells) => (cells[index] ?? []).length > 0))
      continue;
    const what = `field ${JSON.stringify(name)} (${JSON.stringify(selector)}) was found in none of ${rows.length} rows`;
    await context.warn(`list ${JSON.stringify(step.name)}: ${what}`);
  }
}

/** A list with one page has a control that is switched off, or none; a control that was never there may be misspelt. */
async function warnOfNoControl({ name, paginate }: ListStep, context: StepContext): Promise<void> {
  if (paginate?.by !== 'next' && paginate?.by !== 'loadMore') return;
  const query = { selectors: [paginate.selector], within: null };
  const [count] = await context.session.ask(countMatches, query, context.call());
  if (count !== 0) return;
  const what = `nothing matches ${JSON.stringify(paginate.selector)}, the control of its next page`;
  await context.warn(`list ${JSON.stringify(name)} has one page: ${what}`);
}

/** One warning a field and page, however many of its cells are bad. */
async function warnOfCells(step: ListStep, context: StepContext, ofItems: CellWarning[][]): Promise<void> {
  for (const field of Object.keys(step.fields)) {
    const bad = ofItems.flatMap((warnings, index) =>
      warnings.filter((warning) => warning.field === field).map(({ message }) => ({ index, message })),
    );
    const [first] = bad;
    if (!first) continue;
    const more = bad.length === 1 ? '' : ` (and ${bad.length - 1} more)`;
    const what = `field ${JSON.stringify(field)} of item ${first.index + 1} ${first.message}${more}`;
    await context.warn(`list ${JSON.stringify(step.name)}: ${what}`);
  }
}

function requireRows({ item, required }: ListStep, count: number, url: string): void {
  if (count > 0 || !required) return;
  const message = `Nothing on ${url} matches the item selector ${JSON.stringify(item)}`;
  throw new FailureError(failure('SELECTOR_NO_MATCH', message, { selectors: [item], url }));
}
