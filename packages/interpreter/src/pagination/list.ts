import { setTimeout as sleep } from 'node:timers/promises';
import { FailureError } from '@runnel/contracts';
import { listEnds, type ListEnds } from '@runnel/extraction';
import type { StepContext } from '../step-context';

const pollMs = 50;
/** How long a page that has nothing under way any more may take to show what it has. */
const quietMs = 1_500;

/** A list that is being read. */
export interface List {
  item: string;
  /** Addresses of the pages that were read. */
  visited: ReadonlySet<string>;
  /** How many of its items, from the front of the page, were read. */
  read: number;
  /** The page that was read last, from 1. */
  page: number;
}

export interface NextPage {
  /** Items at the front that were read on earlier pages. */
  skip: number;
}

/**
 * Does what should bring more, and waits until the list has changed. Null when it does not within the step's time,
 * or the page has been quiet for a while. What came below the items that were read, since they were read, comes first.
 */
export async function whenListGrows(
  act: () => Promise<void>,
  list: List,
  context: StepContext,
): Promise<NextPage | null> {
  const before = await context.session.ask(listEnds, { item: list.item, at: null }, context.call());
  return before.count > list.read ? { skip: list.read } : whenChanged(act, { ...list, before }, context);
}

/** The same for a list whose items are replaced by others. */
export async function whenListTurns(
  act: () => Promise<void>,
  list: List,
  context: StepContext,
): Promise<NextPage | null> {
  const before = await context.session.ask(listEnds, { item: list.item, at: null }, context.call());
  const turned = await whenChanged(act, { ...list, before }, context);
  // The page in place of another may hold rows at the same places.
  return turned && { skip: 0 };
}

async function whenChanged(
  act: () => Promise<void>,
  { item, before }: List & { before: ListEnds },
  context: StepContext,
): Promise<NextPage | null> {
  const refused = await act().then(() => null, whatMoves);
  const over = new AbortController();
  const quiet = whenQuiet(context, over.signal);
  const until = Date.now() + context.timeoutMs;
  try {
    while (Date.now() < until) {
      // What was looked at before the page was quiet does not say that nothing came.
      const isLast = quiet.isOver;
      const now = await context.session.ask(listEnds, { item, at: before.count - 1 }, context.call());
      const hasGrown = wasAppended(before, now);
      if (refused && !hasGrown) throw refused;
      if (changed(before, now)) return { skip: hasGrown ? before.count : 0 };
      if (isLast) return null;
      await sleep(pollMs, undefined, { signal: context.signal });
    }
    return null;
  } finally {
    over.abort();
  }
}

/** A control cannot be clicked while it moves, because the list grows above it: what has come is there all the same. */
function whatMoves(error: unknown): FailureError {
  if (error instanceof FailureError && error.failure.code === 'ELEMENT_NOT_FOUND') return error;
  throw error;
}

function changed(before: ListEnds, now: ListEnds): boolean {
  return (
    now.count !== before.count ||
    now.first !== before.first ||
    now.last !== before.last ||
    now.url !== before.url
  );
}

/** What was there stands where it stood: only what follows is new. */
function wasAppended(before: ListEnds, now: ListEnds): boolean {
  return (
    now.url === before.url && now.count > before.count && now.first === before.first && now.at === before.last
  );
}

function whenQuiet(context: StepContext, over: AbortSignal): { isOver: boolean } {
  const quiet = { isOver: false };
  const { signal, ...place } = context.call();
  const idle = async (): Promise<void> => {
    await context.session.networkIdle({ ...place, signal: AbortSignal.any([signal, over]) });
    await sleep(quietMs, undefined, { signal: over });
    quiet.isOver = true;
  };
  idle().catch(() => null);
  return quiet;
}
