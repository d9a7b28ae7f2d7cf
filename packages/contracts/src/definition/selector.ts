import { AttributeAction, parse, SelectorType, type Selector } from 'css-what';
import { z } from 'zod';
import { cssTextFault } from './css-text';
import { xpathFault } from './xpath';

/** What a selector begins with when it is not CSS. */
const prefix = /^(aria|text|xpath|pierce)\//;
/** Enters open shadow roots: all those below, or only the one of the element itself. */
const shadowCombinator = / >>>>? /;
const longest = 2000;

/**
 * CSS, relative to the item or scope (`:scope` is the item itself), or with a prefix `xpath/`, `text/`, `aria/` or
 * `pierce/`. ` >>> ` goes on in the open shadow roots under what stands before it.
 */
export const pageSelector = z
  .string()
  .min(1)
  .max(longest)
  .superRefine((selector, context) => {
    if (selector.length > longest) return;
    const fault = selectorFault(selector);
    if (fault) context.addIssue({ code: 'custom', message: fault });
  });

/**
 * The ways to find one element, best first, as Chrome's Recorder writes them: each a selector, or a chain of
 * selectors of which every one but the first looks inside the shadow root of the one before, if it has one.
 */
export const selectorAlternatives = z
  .array(
    z.union([pageSelector, z.array(pageSelector).min(1).max(20)], {
      error: 'must be a selector or a list of selectors',
    }),
  )
  .min(1)
  .max(50);
export type SelectorAlternatives = z.infer<typeof selectorAlternatives>;

/** Why only a browser can find this; null when the HTML alone tells. */
export function browserNeed(selector: string): string | null {
  if (prefix.test(selector) || shadowCombinator.test(selector)) {
    return `the selector ${JSON.stringify(selector)} is not plain CSS`;
  }
  if (holdsPlaceholder(selector)) return null;
  const name = pseudoClassesOf(parse(selector)).find((found) => !documentClasses.has(found));
  return name === undefined ? null : `":${name}" is known to a browser only`;
}

function selectorFault(selector: string): string | null {
  if (holdsPlaceholder(selector)) return null;
  const kind = prefix.exec(selector)?.[1];
  const rest = kind === undefined ? selector : selector.slice(kind.length + 1);
  if (rest.trim() === '') return 'is empty';
  if (kind === 'xpath') return xpathFault(rest);
  if (kind === 'text') return null;
  if (kind === 'aria') return ariaFault(rest);
  const faults = rest.split(shadowCombinator).map(cssFault);
  return faults.find((fault) => fault !== null) ?? null;
}

/** Puppeteer takes a name and, in brackets, a role or a name. */
function ariaFault(query: string): string | null {
  const closed = query.slice(0, query.lastIndexOf(']') + 1);
  const attributes = [...closed.matchAll(/\[\s*(\w+)\s*=\s*["'][^\]]*/g)].map((match) => match[1] ?? '');
  const unknown = attributes.find((name) => name !== 'role' && name !== 'name');
  return unknown === undefined ? null : `"${unknown}" is not known to aria selectors; allowed: name, role`;
}

function cssFault(selector: string): string | null {
  if (selector.trim() === '') return 'is empty';
  const fault = cssTextFault(selector);
  if (fault !== null) return fault;
  try {
    const alternatives = parse(selector);
    return alternatives.map(groupFault).find((fault) => fault !== null) ?? null;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `is not a CSS selector: ${reason}`;
  }
}

const combinators = new Set<SelectorType>([
  SelectorType.Child,
  SelectorType.Descendant,
  SelectorType.Sibling,
  SelectorType.Adjacent,
]);

/** What the parser takes and a browser does not. */
function groupFault(tokens: Selector[]): string | null {
  const [first] = tokens;
  const last = tokens.at(-1);
  if (!first || !last || combinators.has(first.type)) {
    return 'is not a CSS selector: it begins with a combinator; write ":scope > …" for children of the item';
  }
  if (combinators.has(last.type)) return 'is not a CSS selector: it ends with a combinator';
  const faults = tokens.map((token, index) => tokenFault(token, tokens[index - 1]));
  return faults.find((fault) => fault !== null) ?? null;
}

const names = new Set<SelectorType>([SelectorType.Tag, SelectorType.Universal]);

function placeFault(token: Selector, before: Selector | undefined): string | null {
  const namespace = 'namespace' in token ? token.namespace : null;
  if (namespace !== null && !['', '*'].includes(namespace))
    return `has a namespace, ${namespace}, that pages cannot declare`;
  const isInside = before !== undefined && !combinators.has(before.type);
  return isInside && names.has(token.type)
    ? 'is not a CSS selector: the name of an element stands first'
    : null;
}

function tokenFault(token: Selector, before: Selector | undefined): string | null {
  const misplaced = placeFault(token, before);
  if (misplaced !== null) return misplaced;
  return token.type === SelectorType.Attribute ? attributeFault(token) : kindFault(token);
}

function attributeFault({
  action,
  ignoreCase,
}: Extract<Selector, { type: SelectorType.Attribute }>): string | null {
  if (action === AttributeAction.Not) {
    return 'is not a CSS selector: write :not([name="value"]) for [name!="value"]';
  }
  return ignoreCase === false ? 'is not a CSS selector: browsers do not know the flag `s`' : null;
}

function kindFault(token: Selector): string | null {
  if (token.type === SelectorType.PseudoElement) return `"::${token.name}" is no element of the page`;
  if (token.type === SelectorType.Parent || token.type === SelectorType.ColumnCombinator) {
    return 'is not a CSS selector: it has a combinator that browsers do not know';
  }
  return token.type === SelectorType.Pseudo ? pseudoFault(token) : null;
}

type PseudoClass = Extract<Selector, { type: SelectorType.Pseudo }>;

const nthArgument = /^\s*(even|odd|[+-]?\d+|[+-]?\d*n(\s*[+-]\s*\d+)?)\s*$/i;

function pseudoFault({ name, data }: PseudoClass): string | null {
  const takes = pseudoClasses[name];
  if (takes === undefined) return `":${name}" is not a pseudo-class that browsers know`;
  if (takes === 'selector') return innerFault(name, data);
  const isRight = {
    nothing: data === null,
    nth: typeof data === 'string' && nthArgument.test(data),
    direction: data === 'ltr' || data === 'rtl',
    text: typeof data === 'string' && /^\s*([\w*-]+|"[^"]*"|'[^']*')\s*$/.test(data),
  }[takes];
  return isRight ? null : `":${name}" does not take ${typeof data === 'string' ? data : 'that'}`;
}

function innerFault(name: string, data: PseudoClass['data']): string | null {
  if (!Array.isArray(data) || data.length === 0) return `":${name}()" needs a selector`;
  if (name === 'has' && pseudoClassesOf(data).includes('has'))
    return 'has ":has()" within ":has()", which browsers refuse';
  // `:has(> a)` may begin with a combinator.
  const isRelative = ([first]: Selector[]): boolean =>
    name === 'has' && first !== undefined && combinators.has(first.type);
  const inner = data.map((tokens) => (isRelative(tokens) ? tokens.slice(1) : tokens));
  return inner.map(groupFault).find((fault) => fault !== null) ?? null;
}

type Takes = 'nothing' | 'nth' | 'selector' | 'text' | 'direction';
const taking = (takes: Takes, names: string): Record<string, Takes> =>
  Object.fromEntries(names.split(' ').map((name) => [name, takes]));

const structural = {
  ...taking(
    'nothing',
    'root scope empty first-child last-child only-child first-of-type last-of-type only-of-type',
  ),
  ...taking('nth', 'nth-child nth-last-child nth-of-type nth-last-of-type'),
  ...taking('selector', 'is where not has'),
};
/** Pseudo-classes whose answer stands in the HTML. */
const documentClasses = new Set(Object.keys(structural));
/** All that one can select elements of a page by. */
const pseudoClasses: Record<string, Takes | undefined> = {
  ...structural,
  ...taking(
    'nothing',
    'host link any-link visited hover active focus focus-within focus-visible target enabled disabled checked indeterminate default required optional valid invalid in-range out-of-range read-only read-write placeholder-shown autofill defined fullscreen modal popover-open open user-valid user-invalid',
  ),
  ...taking('text', 'lang'),
  ...taking('direction', 'dir'),
};

function pseudoClassesOf(alternatives: Selector[][]): string[] {
  return alternatives.flat().flatMap((token) => {
    if (token.type !== SelectorType.Pseudo) return [];
    return [token.name, ...(Array.isArray(token.data) ? pseudoClassesOf(token.data) : [])];
  });
}

function holdsPlaceholder(selector: string): boolean {
  return selector.includes('{{');
}
