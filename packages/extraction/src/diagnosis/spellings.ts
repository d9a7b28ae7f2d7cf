import { AttributeAction, SelectorType, type AttributeSelector, type Selector } from 'css-what';
import type { PageWords } from '../in-page/page-words';
import { similarWords } from './similarity';

/** A part of a selector as the page may have it. */
export interface Spelling {
  token: Selector;
  cost: number;
}

type Kind = 'tag' | 'class' | 'id' | 'attribute';

const mostLikes = 3;
/** A name of another kind is another thing, unless it is all but the same. */
const otherKindCost = 0.1;
const mostDifferent = 0.2;
/** The values of these actions are parts of values. */
const inParts = new Set<AttributeAction>([AttributeAction.Start, AttributeAction.End, AttributeAction.Any]);
const inWhole = new Set<AttributeAction>([AttributeAction.Equals, AttributeAction.Element]);

/** What a part of a selector that the page does not have may be there, nearest first; null for one that it has. */
export function spellingsOf(token: Selector, words: PageWords): Spelling[] | null {
  const named = wordOf(token);
  if (!named) return null;
  if (!words[named.kind].includes(named.word)) return likeNamed(token, named, words);
  return named.kind === 'attribute' && token.type === SelectorType.Attribute ? valuesFor(token, words) : null;
}

/** The attributes whose values `tokens` ask for. */
export function attributesAsked(tokens: readonly Selector[]): string[] {
  return tokens.flatMap((token) => {
    if (token.type !== SelectorType.Attribute || wordOf(token)?.kind !== 'attribute') return [];
    return inWhole.has(token.action) || inParts.has(token.action) ? [token.name.toLowerCase()] : [];
  });
}

function likeNamed(
  token: Selector,
  { kind, word }: { kind: Kind; word: string },
  words: PageWords,
): Spelling[] {
  const own = similarWords(word, words[kind], mostLikes).map((like) => ({
    token: withWord(token, like.word),
    cost: like.cost + 0.01,
  }));
  const others = kind === 'attribute' ? [] : (['class', 'id'] as const).filter((other) => other !== kind);
  const moved = others.flatMap((other) =>
    similarWords(word, words[other], 1)
      .filter(({ cost }) => cost <= mostDifferent)
      .map((like) => ({ token: named(other, like.word), cost: like.cost + otherKindCost })),
  );
  return [...own, ...moved];
}

/** Null when the page has a value that is asked for, or when it is not asked for one. */
function valuesFor(token: AttributeSelector, words: PageWords): Spelling[] | null {
  const name = token.name.toLowerCase();
  const values = words.values.find((each) => each.name === name)?.values ?? [];
  const { action, value } = token;
  if (inParts.has(action)) {
    if (values.some((each) => each.includes(value))) return null;
    const isThere = values.some((each) => each.toLowerCase().includes(value.toLowerCase()));
    return isThere ? [{ token: { ...token, ignoreCase: true }, cost: otherKindCost }] : [];
  }
  if (!inWhole.has(action)) return null;
  const isList = action === AttributeAction.Element;
  const known = isList ? [...new Set(values.flatMap((each) => each.split(/\s+/)))] : values;
  if (known.includes(value)) return null;
  return similarWords(value, known, mostLikes).map((like) => ({
    token: { ...token, value: like.word },
    cost: like.cost + 0.01,
  }));
}

function wordOf(token: Selector): { kind: Kind; word: string } | null {
  if (token.type === SelectorType.Tag) return { kind: 'tag', word: token.name.toLowerCase() };
  if (token.type !== SelectorType.Attribute) return null;
  if (token.name === 'class' && token.action === AttributeAction.Element)
    return { kind: 'class', word: token.value };
  if (token.name === 'id' && token.action === AttributeAction.Equals)
    return { kind: 'id', word: token.value };
  return { kind: 'attribute', word: token.name.toLowerCase() };
}

function withWord(token: Selector, word: string): Selector {
  if (token.type === SelectorType.Tag) return { ...token, name: word };
  if (token.type !== SelectorType.Attribute) return token;
  const isNamed = wordOf(token)?.kind !== 'attribute';
  return isNamed ? { ...token, value: word } : { ...token, name: word };
}

function named(kind: 'class' | 'id', value: string): AttributeSelector {
  const action = kind === 'class' ? AttributeAction.Element : AttributeAction.Equals;
  return { type: SelectorType.Attribute, name: kind, action, value, ignoreCase: 'quirks', namespace: null };
}
