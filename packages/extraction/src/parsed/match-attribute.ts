import { failure, FailureError } from '@runnel/contracts';
import type { AttributeAction, AttributeSelector } from 'css-what';
import type { Element } from 'domhandler';
import { html } from 'parse5';
import { isHtmlElement } from './tree';

/** Attributes whose values HTML compares without regard to case. */
const caseless = new Set(
  'accept accept-charset align alink axis bgcolor charset checked clear codetype color compact declare defer dir direction disabled enctype face frame hreflang http-equiv lang language link media method multiple nohref noresize noshade nowrap readonly rel rev rules scope scrolling selected shape target text type valign valuetype vlink'.split(
    ' ',
  ),
);

/** Whether an element has the attribute that `[name=value]`, `.class` or `#id` asks for. @throws FailureError SELECTOR_INVALID */
export function matchAttribute(
  selector: AttributeSelector,
  isQuirky: boolean,
): (element: Element) => boolean {
  if (selector.ignoreCase === false) {
    throw new FailureError(failure('SELECTOR_INVALID', `Chromium does not know [${selector.name}=… s]`));
  }
  const lowerName = lower(selector.name);
  const ignoresCase =
    selector.ignoreCase === 'quirks' ? isQuirky : (selector.ignoreCase ?? caseless.has(lowerName));
  const test = valueTest({ ...selector, value: ignoresCase ? lower(selector.value) : selector.value });
  const anyNamespace = selector.namespace === '*';
  return (element) => {
    const value =
      isHtmlElement(element) && !lowerName.includes(':')
        ? element.attribs[lowerName]
        : foreignValue(element, lowerName, anyNamespace);
    return value !== undefined && test(ignoresCase ? lower(value) : value);
  };
}

/** SVG and MathML keep the case of their names, which selectors do not see; `[href]` is not `xlink:href`. */
function foreignValue(
  { namespace, attribs }: Element,
  name: string,
  anyNamespace: boolean,
): string | undefined {
  if (namespace === html.NS.HTML) return attribs[name];
  const found = Object.keys(attribs).find((key) => {
    const [, prefix, local] = /^(?:(xlink|xml|xmlns):)?(.*)$/s.exec(lower(key)) ?? [];
    return local === name && (anyNamespace || prefix === undefined);
  });
  return found === undefined ? undefined : attribs[found];
}

type Comparison = (given: string, value: string) => boolean;

const comparisons: Record<AttributeAction, Comparison> = {
  exists: () => true,
  equals: (given, value) => given === value,
  element: (given, value) => value !== '' && hasWord(given, value),
  start: (given, value) => value !== '' && given.startsWith(value),
  end: (given, value) => value !== '' && given.endsWith(value),
  any: (given, value) => value !== '' && given.includes(value),
  hyphen: (given, value) => given === value || given.startsWith(`${value}-`),
  not: (given, value) => given !== value,
};

function valueTest({ action, value }: AttributeSelector): (given: string) => boolean {
  const compare = comparisons[action];
  return (given) => compare(given, value);
}

function hasWord(given: string, word: string): boolean {
  if (!given.includes(word) || /[\t\n\f\r ]/.test(word)) return false;
  return given === word || given.split(/[\t\n\f\r ]+/).includes(word);
}

/** ASCII only, as CSS compares. */
function lower(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (part) => part.toLowerCase()) : text;
}
