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
  const lanes = new PageLanes(context, step.required && !step.optional);
  const wanted = new Wanted(rows.map((row) => addressOf(row[step.url])));
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
          lanes.visit(lane, address, (page) => readFollowed(address, page, { step, context: inner, rules }));
        visits.set(address, visit);
        return visit;
      },
      async (row, visit) => {
        const read = await joinable(visit, { step, context, row, place: given });
        given += 1;
        if (wanted.isLast(addressOf(row[step.url]))) visits.delete(addressOf(row[step.url]) ?? '');
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
  const judged = await rules.judge(address);
  if (judged === 'disallowed') {
    const message = `robots.txt does not allow ${address}`;
    throw new FailureError(failure('ROBOTS_DISALLOWED', message, { url: address }));
  }
  if (judged === 'unknown') {
    const message = `robots.txt of ${new URL(address).host} could not be read, which forbids ${address}`;
    throw new FailureError(failure('HTTP_UNAVAILABLE', message, { url: address }));
  }
  await rules.takeTurn(address, context.signal);
  await page.navigate(address, { signal: context.callSignal() });
  return readPageRow(step.steps, page, context);
}

function addressOf(value: RowData[string] | undefined): string | null {
  return typeof value === 'string' ? canonicalUrl(value) : null;
}

/** Tells when an address is wanted by no later row, so that its page need not be remembered. */
class Wanted {
  readonly #left = new Map<string | null, number>();

  constructor(addresses: (string | null)[]) {
    for (const address of addresses) this.#left.set(address, (this.#left.get(address) ?? 0) + 1);
  }

  isLast(address: string | null): boolean {
    const left = (this.#left.get(address) ?? 1) - 1;
    this.#left.set(address, left);
    return left === 0;
  }
}

function oneByOne<T>(items: T[]): () => T | null {
  let at = 0;
  return () => items[at++] ?? null;
}
