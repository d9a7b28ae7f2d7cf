import { SelectorType, type Selector, type Traversal } from 'css-what';
import { isTag, type ChildNode, type Element } from 'domhandler';
import { parentElement } from './tree';

/** The elements that `:scope` and, inside of `:has()`, its subject are. */
export interface Around {
  scope: Element | null;
  subject: Element | null;
}

/**
 * Why a match failed tells which other elements need not be tried: the next ancestor or sibling may do, no sibling
 * can, or nothing can. Without this, `a b c d e` costs the depth of the page to the power of four.
 */
type Outcome = 'matches' | 'failsHere' | 'failsForSiblings' | 'fails';
export type Match = (element: Element, around: Around) => Outcome;
export type Test = (element: Element, around: Around) => boolean;

const combinators = new Set<SelectorType>([
  SelectorType.Child,
  SelectorType.Descendant,
  SelectorType.Sibling,
  SelectorType.Adjacent,
]);

export function isCombinator(token: Selector): token is Traversal {
  return combinators.has(token.type);
}

export function joined(compound: Test[], left: Match | null): Match {
  return (element, around) => {
    for (const test of compound) if (!test(element, around)) return 'failsHere';
    return left === null ? 'matches' : left(element, around);
  };
}

/** `left` must hold for an element that stands so to the one that is asked about. */
export function related(combinator: Traversal['type'], left: Match): Match {
  if (combinator === SelectorType.Child) {
    return (element, around) => {
      const parent = parentElement(element);
      return parent === null ? 'fails' : left(parent, around);
    };
  }
  if (combinator === SelectorType.Descendant) {
    return (element, around) => {
      for (let parent = parentElement(element); parent !== null; parent = parentElement(parent)) {
        const outcome = left(parent, around);
        if (outcome === 'matches' || outcome === 'fails') return outcome;
      }
      return 'fails';
    };
  }
  const isAdjacent = combinator === SelectorType.Adjacent;
  return (element, around) => {
    for (let sibling = elementBefore(element); sibling !== null; sibling = elementBefore(sibling)) {
      const outcome = left(sibling, around);
      if (isAdjacent || outcome !== 'failsHere') return outcome;
    }
    return 'failsForSiblings';
  };
}

function elementBefore(element: Element): Element | null {
  let node: ChildNode | null = element.prev;
  while (node !== null && !isTag(node)) node = node.prev;
  return node;
}

export function elementsAfter(element: Element): Element[] {
  const siblings = element.parent?.children ?? [];
  return siblings.slice(siblings.indexOf(element) + 1).filter(isTag);
}
