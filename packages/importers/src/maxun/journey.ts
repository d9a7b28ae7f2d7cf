import type { Fault } from '@runnel/contracts';
import type { Located } from './selector';

/** A step of ours, not parsed yet. */
export interface MadeStep {
  step: Record<string, unknown> & { type: string };
  /** Where parts of it come from in the sender's document: `''` is the step itself, then `item`, `fields.price`. */
  places: Record<string, string>;
  /** What is done on each page that the step opens. */
  inner?: MadeStep[];
}

/** What must be on the page for the steps of a pair. */
export interface Condition {
  selectors: string[];
  /** One that matches when all of them do. */
  selector: string;
  /** Where the sender says so. */
  place: string;
}

/** Addresses that were opened one after the other; none, where a page may have gone on by itself. */
export interface Addresses {
  pages: string[];
  /** Which of them is open. */
  current: number;
}

/** How far a translation has come: it goes through the actions in the order in which they run. */
export interface Journey {
  faults: Fault[];
  /** Steps for the page that is open now; `enqueueLinks` goes on with those of the pages that it opens. */
  steps: MadeStep[];
  /** True when they are done on each page behind a link. */
  isBehindLinks: boolean;
  condition: Condition | null;
  addresses: Addresses;
  /** The element that has the focus, as it was selected; null when that is not known. */
  focus: string | null;
  robotsTxt: 'obey' | 'ignore' | null;
  /** Lists so far, for those without a name. */
  lists: number;
}

export function newJourney(): Journey {
  return {
    faults: [],
    steps: [],
    isBehindLinks: false,
    condition: null,
    addresses: { pages: [], current: -1 },
    focus: null,
    robotsTxt: null,
    lists: 0,
  };
}

/** A page was opened by its address. */
export function opened(journey: Journey, addresses: Addresses): void {
  journey.addresses = addresses;
  journey.focus = null;
}

/** An element was used, and has the focus; the page may have gone on, so its address is not known any more. */
export function touched(journey: Journey, located: Located | null): void {
  journey.addresses = { pages: [], current: -1 };
  journey.focus = located === null ? null : JSON.stringify(located);
}

export function hasFocus(journey: Journey, located: Located): boolean {
  return journey.focus === JSON.stringify(located);
}

/** The address of the page that is open now; null when only a run can tell. */
export function knownAddress({ addresses: { pages, current } }: Journey): string | null {
  return pages[current] ?? null;
}
