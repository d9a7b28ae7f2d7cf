import { SelectorType, type Selector } from 'css-what';
import type { PageWords } from '../in-page/page-words';
import { isCombinator } from '../parsed/css-relations';
import { spellingsOf, type Spelling } from './spellings';

/** A selector that is not the one that was asked for. */
export interface Variant {
  tokens: Selector[];
  /** How far it is from what was asked for; 0 is the same. */
  cost: number;
}

/** Bounds the work: what is kept of each round. */
const widest = 40;
const dropCost = 0.6;

/** Selectors like `tokens` whose words are all on the page, and the same with less in them; nearest first. */
export function selectorVariants(tokens: Selector[], words: PageWords): Variant[] {
  const spelled = withWordsOfPage({ tokens, cost: 0 }, words);
  const simpler = [...spelled, ...spelled.flatMap(relaxed)];
  const all = [...simpler, ...simpler.flatMap(withoutLeading), ...spelled.flatMap(withoutOne)];
  return all
    .filter(({ tokens: left, cost }) => cost > 0 && cost <= 1.5 && isTelling(left, tokens))
    .sort(byCost);
}

function byCost(one: Variant, other: Variant): number {
  return one.cost - other.cost;
}

/** Every part that the page does not have is the nearest one that it has, or is left out. */
function withWordsOfPage(variant: Variant, words: PageWords): Variant[] {
  let variants = [variant];
  variant.tokens.forEach((token, index) => {
    const spellings = spellingsOf(token, words);
    if (!spellings) return;
    variants = variants
      .flatMap((each) => [
        ...spellings.map((spelling) => replaced(each, index, spelling)),
        replaced(each, index, { token: { type: SelectorType.Universal, namespace: null }, cost: dropCost }),
      ])
      .sort(byCost)
      .slice(0, widest);
  });
  return variants;
}

function replaced(variant: Variant, index: number, by: Spelling): Variant {
  return { tokens: variant.tokens.with(index, by.token), cost: variant.cost + by.cost };
}

/** Without what counts elements or asks for a direct child. */
function relaxed({ tokens, cost }: Variant): Variant[] {
  const anyPlace = tokens.filter(
    (token) => token.type !== SelectorType.Pseudo || !/^(nth-|first-|last-|only-)/.test(token.name),
  );
  const anyDepth = tokens.map((token) =>
    token.type === SelectorType.Child ? { type: SelectorType.Descendant as const } : token,
  );
  return [
    ...(anyPlace.length < tokens.length ? [{ tokens: anyPlace, cost: cost + 0.3 }] : []),
    ...(tokens.some(({ type }) => type === SelectorType.Child)
      ? [{ tokens: anyDepth, cost: cost + 0.1 }]
      : []),
  ];
}

/** Without the first, the first two … of the elements that it goes through. */
function withoutLeading({ tokens, cost }: Variant): Variant[] {
  return tokens
    .map((token, index) => ({ index, isStep: isCombinator(token) }))
    .filter(({ isStep }) => isStep)
    .map(({ index }, count) => ({ tokens: tokens.slice(index + 1), cost: cost + 0.35 * (count + 1) }));
}

function withoutOne({ tokens, cost }: Variant): Variant[] {
  return tokens.flatMap((token, index) =>
    isCombinator(token) ? [] : [{ tokens: tokens.toSpliced(index, 1), cost: cost + dropCost }],
  );
}

/** Whether a selector still says something: not only `*`, and not only tags where more was asked for. */
function isTelling(tokens: Selector[], asked: Selector[]): boolean {
  const last = tokens.slice(tokens.findLastIndex(isCombinator) + 1);
  const hasWord = (each: Selector): boolean =>
    each.type === SelectorType.Tag || each.type === SelectorType.Attribute;
  const hasMore = (each: Selector): boolean => each.type === SelectorType.Attribute;
  if (!last.some(hasWord)) return false;
  return tokens.some(hasMore) || !asked.some(hasMore);
}
