import { failure, FailureError, type FollowStep, type RowData } from '@runnel/contracts';
import { canonicalUrl } from '../pages/canonical-url';
import { inOrder } from '../pages/in-order';
import { PageLanes } from '../pages/page-lanes';
import { SiteRules } from '../pages/site-rules';
import { attemptVisit, readPageRow, type Visit } from '../pages/visit';
import type { StepContext } from '../step-context';

/** Opens the address of each row, each address once, and joins what is read there to the row. */
export async function follow(step: FollowStep, context: StepContext): Promise<void> {
  const rows = context.held.take(step.from);
  const lanes = new PageLanes(context);
  const rules = new SiteRules(context);
  const visits = new Map<string, Promise<Visit<RowData>>>();
  let given = 0;
  try {
    await inOrder(
      { next: oneByOne(rows), width: step.concurrency },
      (row, lane, signal) => {
        const address = addressOf(row[step.url]);
        if (address === null) return Promise.resolve(noAddress(row, step));
        const visit =
          visits.get(address) ??
          visitPage(address, { step, context: within(context, signal), rules, page: () => lanes.page(lane) });
        visits.set(address, visit);
        return visit;
      },
      async (row, { read, failure: found }) => {
        if (found !== null && step.required) throw new FailureError(found);
        if (found !== null)
          await context.warn(`row ${given + 1} of ${JSON.stringify(step.from)}: ${found.message}`);
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

interface Following {
  step: FollowStep;
  context: StepContext;
  rules: SiteRules;
  page: () => ReturnType<PageLanes['page']>;
}

async function visitPage(
  address: string,
  { step, context, rules, page }: Following,
): Promise<Visit<RowData>> {
  return attemptVisit(async () => {
    if (!(await rules.allow(address))) {
      throw new FailureError(
        failure('ROBOTS_DISALLOWED', `robots.txt does not allow ${address}`, { url: address }),
      );
    }
    await rules.takeTurn(address);
    const session = await page();
    await session.navigate(address, { signal: context.callSignal() });
    return readPageRow(step.steps, session, context);
  });
}

function addressOf(value: RowData[string] | undefined): string | null {
  return typeof value === 'string' ? canonicalUrl(value) : null;
}

function noAddress(row: RowData, { url }: FollowStep): Visit<RowData> {
  const found = JSON.stringify(row[url] ?? null);
  return {
    read: null,
    failure: failure('URL_INVALID', `The field ${JSON.stringify(url)} holds no address: ${found}`),
  };
}

function oneByOne<T>(items: T[]): () => T | null {
  let at = 0;
  return () => items[at++] ?? null;
}

/** The same context, which also ends with the work around it. */
function within(context: StepContext, signal: AbortSignal): StepContext {
  return { ...context, signal: AbortSignal.any([context.signal, signal]) };
}
