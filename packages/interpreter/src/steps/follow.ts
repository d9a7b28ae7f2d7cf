import { failure, FailureError, type FollowStep, type RowData, type Session } from '@runnel/contracts';
import { canonicalUrl } from '../pages/canonical-url';
import { inOrder } from '../pages/in-order';
import { PageLanes, type Visit } from '../pages/page-lanes';
import { readPageRow } from '../pages/read-page-row';
import { SiteRules } from '../pages/site-rules';
import { within } from '../pages/within';
import type { StepContext } from '../step-context';

type Followed = Visit<RowData> | null;

/** Opens the address of each row, each address once, and joins what is read there to the row. */
export async function follow(step: FollowStep, context: StepContext): Promise<void> {
  const rows = context.held.take(step.from);
  const lanes = new PageLanes(context);
  const rules = new SiteRules(context);
  const visits = new Map<string, Promise<Followed>>();
  let given = 0;
  try {
    await inOrder<RowData, Followed>(
      { next: oneByOne(rows), width: step.concurrency },
      (row, lane, signal) => {
        const address = addressOf(row[step.url]);
        if (address === null) return Promise.resolve(null);
        const inner = within(context, signal);
        const visit =
          visits.get(address) ??
          lanes.visit(lane, (page) => readFollowed(address, page, { step, context: inner, rules }));
        visits.set(address, visit);
        return visit;
      },
      async (row, visit) => {
        const read = await joinable(visit, { step, context, row, place: given });
        given += 1;
        // What the row had stays as it was.
        await context.held.rows(step.from, [{ ...row, ...read, ...row }]);
      },
    );
  } finally {
    await lanes.close();
    await context.held.rows(step.from, rows.slice(given));
  }
}

/** What joins the row: nothing, with a warning, where its page could not be read and need not be. */
async function joinable(
  visit: Followed,
  { step, context, row, place }: { step: FollowStep; context: StepContext; row: RowData; place: number },
): Promise<RowData> {
  const where = `row ${place + 1} of ${JSON.stringify(step.from)}`;
  if (visit === null) {
    const found = JSON.stringify(row[step.url] ?? null);
    await context.warn(`${where}: the field ${JSON.stringify(step.url)} holds no address: ${found}`);
    return {};
  }
  if (visit.failure === null) return visit.read;
  if (step.required) throw new FailureError(visit.failure);
  await context.warn(`${where}: ${visit.failure.message}`);
  return {};
}

async function readFollowed(
  address: string,
  page: Session,
  { step, context, rules }: { step: FollowStep; context: StepContext; rules: SiteRules },
): Promise<RowData> {
  if (!(await rules.allow(address))) {
    const message = `robots.txt does not allow ${address}`;
    throw new FailureError(failure('ROBOTS_DISALLOWED', message, { url: address }));
  }
  await rules.takeTurn(address);
  await page.navigate(address, { signal: context.callSignal() });
  return readPageRow(step.steps, page, context);
}

function addressOf(value: RowData[string] | undefined): string | null {
  return typeof value === 'string' ? canonicalUrl(value) : null;
}

function oneByOne<T>(items: T[]): () => T | null {
  let at = 0;
  return () => items[at++] ?? null;
}
