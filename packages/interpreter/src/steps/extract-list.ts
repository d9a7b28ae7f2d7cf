import { failure, FailureError, type RowData, type StepOf } from '@runnel/contracts';
import { SeenRows, toRow, type CellWarning, type PageReading } from '@runnel/extraction';
import type { StepContext } from '../step-context';
import { nextPage } from './next-page';
import { pageAddress } from './page-address';
import { queryFor, readWhenReady } from './read-when-ready';

type ListStep = StepOf<'extractList'>;

/** Rows of one list, page after page, until its limit, its last page, or a page that brings nothing new. */
export async function extractList(step: ListStep, context: StepContext): Promise<void> {
  const { name, item, limit = Infinity, paginate } = step;
  const maxPages = paginate?.maxPages ?? 1;
  const seen = new SeenRows(step.unique);
  const visited = new Set<string>();
  let given = 0;
  for (let page = 1; ; page += 1) {
    visited.add(pageAddress(context.session.url()));
    const rows = await readRows(step, context);
    if (page === 1) requireRows(step, rows.length, context.session.url());
    const fresh = rows.filter((row) => seen.isNew(row)).slice(0, limit - given);
    seen.endPage();
    given += fresh.length;
    await context.output.rows(name, fresh);
    if (fresh.length === 0 || given >= limit || page >= maxPages) return;
    if (!(await nextPage(paginate, { item, visited }, context))) return;
  }
}

async function readRows(step: ListStep, context: StepContext): Promise<RowData[]> {
  const query = queryFor(step.fields, step.item, null);
  const isReady = (reading: PageReading): boolean => reading.rows.length > 0;
  const { rows, baseUrl } = await readWhenReady(context, query, isReady);
  const read = rows.map((cells) => toRow(step.fields, cells, baseUrl));
  await warnOfCells(
    step,
    context,
    read.map(({ warnings }) => warnings),
  );
  return read.map(({ row }) => row);
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
