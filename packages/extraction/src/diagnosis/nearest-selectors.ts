import type { Question } from '@runnel/contracts';
import { parse, SelectorType, stringify, type Selector } from 'css-what';
import { countMatches } from '../in-page/count-matches';
import { pageWords } from '../in-page/page-words';
import { isCombinator } from '../parsed/css-relations';
import { attributesAsked } from './spellings';
import { selectorVariants, type Variant } from './selector-variants';

/** A page that can be asked. */
export interface Askable {
  ask<Argument, Answer>(question: Question<Argument, Answer>, argument: Argument): Promise<Answer>;
}

export interface NearSelector {
  selector: string;
  /** How many elements it finds; in all items together where it is looked for within these. */
  count: number;
}

const anything: Selector = { type: SelectorType.Universal, namespace: null };
const mostTried = 150;
const mostGiven = 3;
/** What finds more finds anything. */
const mostFound = 1000;

/**
 * For a CSS selector that matched nothing: at most three like it that match, nearest first; none for other kinds.
 * `within` selects the items that it is relative to.
 */
export async function nearestSelectors(
  page: Askable,
  { selector, within = null }: { selector: string; within?: string | null },
): Promise<NearSelector[]> {
  const alternatives = parsed(selector).slice(0, 5);
  if (alternatives.length === 0) return [];
  const words = await page.ask(pageWords, { within, valuesOf: attributesAsked(alternatives.flat()) });
  const variants = alternatives.flatMap((tokens) => selectorVariants(tokens, words));
  const costs = new Map<string, number>();
  for (const { text, cost } of variants.map(written)) {
    if (text !== selector) costs.set(text, Math.min(cost, costs.get(text) ?? Infinity));
  }
  const tried = [...costs].sort(([, one], [, other]) => one - other).slice(0, mostTried);
  const selectors = tried.map(([text]) => text);
  const counts = await page.ask(countMatches, { selectors, within });
  const found = selectors
    .map((each, index) => ({ selector: each, count: counts[index] ?? 0 }))
    .filter(({ count }) => count > 0 && count <= mostFound);
  const plain = found.filter((each) => !/(^|[\s>+~])\*($|[\s>+~])/.test(each.selector));
  return (plain.length > 0 ? plain : found).slice(0, mostGiven);
}

function parsed(selector: string): Selector[][] {
  if (/^(aria|text|xpath|pierce)\/| >>>> ?| >>> /.test(selector)) return [];
  try {
    return parse(selector);
  } catch {
    return [];
  }
}

/** As one writes it: `*` only where nothing else says which element. */
function written({ tokens: all, cost }: Variant): { text: string; cost: number } {
  const tokens = withoutAnything(all);
  const isEnd = (token: Selector | undefined): boolean => token === undefined || isCombinator(token);
  const filled = tokens.flatMap((token, index): Selector[] => {
    const before = tokens[index - 1];
    if (token.type === SelectorType.Universal)
      return isEnd(before) && isEnd(tokens[index + 1]) ? [token] : [];
    return isCombinator(token) && isEnd(before) ? [anything, token] : [token];
  });
  return { text: stringify([filled]), cost };
}

/** What stands somewhere below anything stands anywhere, and `a * b` is some `a b`. */
function withoutAnything(tokens: Selector[]): Selector[] {
  const kept: Selector[] = [];
  for (const token of tokens) {
    if (token.type !== SelectorType.Descendant) {
      kept.push(token);
      continue;
    }
    const last = kept.findLastIndex(({ type }) => type !== SelectorType.Universal);
    if (isStart(kept[last])) kept.length = last + 1;
    else kept.push(token);
  }
  return kept;
}

function isStart(token: Selector | undefined): boolean {
  return token === undefined || token.type === SelectorType.Descendant;
}
