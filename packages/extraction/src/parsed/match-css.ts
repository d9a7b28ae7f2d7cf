import { failure, FailureError } from '@runnel/contracts';
import { parse, SelectorType, type PseudoSelector, type Selector } from 'css-what';
import { isTag, isText, type Element } from 'domhandler';
import { elementsAfter, isCombinator, joined, related, type Match, type Test } from './css-relations';
import { matchAttribute } from './match-attribute';
import { countPlaces, parseNth, type Place } from './places';
import { elementsBelow, isHtmlElement, parentElement } from './tree';

/** Whether a selector matches an element; `scope` is what `:scope` means. */
export type CssMatcher = (element: Element, scope: Element | null) => boolean;

/**
 * Compiles CSS selectors for one parsed document as Chromium understands them.
 * @throws FailureError SELECTOR_INVALID; NEEDS_BROWSER for a pseudo-class that only a live page can answer
 */
export function cssCompiler(isQuirky: boolean): (selector: string) => CssMatcher {
  const context = { isQuirky, placeOf: countPlaces() };
  return (selector) => {
    const test = compileList(context, parseSelector(selector));
    return (element, scope) => test(element, { scope, subject: null });
  };
}

interface Context {
  isQuirky: boolean;
  placeOf: (element: Element) => Place;
}

function compileList(context: Context, alternatives: Selector[][]): Test {
  const tests = alternatives.map((tokens) => compileComplex(context, tokens));
  const [only] = tests;
  if (only && tests.length === 1) return (element, around) => only(element, around) === 'matches';
  return (element, around) => tests.some((test) => test(element, around) === 'matches');
}

/** Compounds from left to right, each knowing what must stand to its left. */
function compileComplex(context: Context, tokens: Selector[], leftmost: Match | null = null): Match {
  let left = leftmost;
  let compound: Test[] = [];
  for (const token of tokens) {
    if (isCombinator(token)) {
      left = related(token.type, compound.length > 0 || left === null ? joined(compound, left) : left);
      compound = [];
    } else compound.push(compileSimple(context, token));
  }
  return joined(compound, left);
}

function compileSimple(context: Context, token: Selector): Test {
  if (token.type === SelectorType.Universal) return namespaced(token.namespace, () => true);
  if (token.type === SelectorType.Tag) return namespaced(token.namespace, hasName(token.name.toLowerCase()));
  if (token.type === SelectorType.Attribute) return matchAttribute(token, context.isQuirky);
  if (token.type === SelectorType.Pseudo) return compilePseudo(context, token);
  throw new FailureError(failure('SELECTOR_INVALID', `a ${token.type} matches no element of a page`));
}

/** Chromium finds SVG's `foreignObject` whatever the case. */
function hasName(name: string): Test {
  return (element) =>
    element.name === name || (!isHtmlElement(element) && element.name.toLowerCase() === name);
}

function compilePseudo(context: Context, { name, data }: PseudoSelector): Test {
  if (Array.isArray(data)) {
    if (name === 'has') return compileHas(context, data);
    const list = compileList(context, data);
    return name === 'not' ? (element, around) => !list(element, around) : list;
  }
  const test = states[name] ?? compilePlace(context, { name, data });
  if (test) return test;
  throw new FailureError(failure('NEEDS_BROWSER', `":${name}" is known to a browser only`));
}

/** Null when the pseudo-class asks for no place. */
function compilePlace(
  { placeOf }: Context,
  { name, data }: { name: string; data: string | null },
): Test | null {
  const place = places[name];
  const isPlace = place?.of ?? parseNth(data ?? '');
  if (!place || !isPlace) return null;
  return (element) => place.keys.every((key) => isPlace(placeOf(element)[key]));
}

function compileHas(context: Context, alternatives: Selector[][]): Test {
  const isSubject: Match = (element, { subject }) => (element === subject ? 'matches' : 'failsHere');
  const tests = alternatives.map((tokens) => {
    const [first] = tokens;
    const relative: Selector[] =
      first && isCombinator(first) ? tokens : [{ type: SelectorType.Descendant }, ...tokens];
    const beside = first?.type === SelectorType.Adjacent || first?.type === SelectorType.Sibling;
    return { match: compileComplex(context, relative, isSubject), beside };
  });
  return (element, { scope }) =>
    tests.some(({ match, beside }) => {
      const around = { scope, subject: element };
      const isMatch = (each: Element): boolean => match(each, around) === 'matches';
      const roots = beside ? elementsAfter(element) : [element];
      return roots.some((root) => (beside && isMatch(root)) || elementsBelow(root, isMatch).length > 0);
    });
}

function parseSelector(selector: string): Selector[][] {
  try {
    return parse(selector);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FailureError(failure('SELECTOR_INVALID', `${JSON.stringify(selector)}: ${reason}`));
  }
}

const one = (place: number): boolean => place === 1;

/** Pseudo-classes that ask for an element's place; `of` is null where the selector says which. */
const places: Record<string, { keys: (keyof Place)[]; of: typeof one | null } | undefined> = {
  'first-child': { keys: ['child'], of: one },
  'last-child': { keys: ['lastChild'], of: one },
  'only-child': { keys: ['child', 'lastChild'], of: one },
  'first-of-type': { keys: ['ofType'], of: one },
  'last-of-type': { keys: ['lastOfType'], of: one },
  'only-of-type': { keys: ['ofType', 'lastOfType'], of: one },
  'nth-child': { keys: ['child'], of: null },
  'nth-last-child': { keys: ['lastChild'], of: null },
  'nth-of-type': { keys: ['ofType'], of: null },
  'nth-last-of-type': { keys: ['lastOfType'], of: null },
};

const states: Record<string, Test | undefined> = {
  root: (element) => parentElement(element) === null,
  scope: (element, { scope }) => (scope === null ? parentElement(element) === null : element === scope),
  empty: (element) => !element.children.some((child) => isTag(child) || (isText(child) && child.data !== '')),
};

/** In an HTML page a prefix has no meaning: `*|a` is any `a`, and `|a` one without namespace, which is none. */
function namespaced(namespace: string | null | undefined, test: Test): Test {
  if (namespace === null || namespace === undefined || namespace === '*') return test;
  if (namespace === '') return () => false;
  throw new FailureError(
    failure('SELECTOR_INVALID', `the namespace ${JSON.stringify(namespace)} is not declared`),
  );
}
