import type { SelectorAlternatives } from '@runnel/contracts';

/** One of a step's alternatives as Puppeteer takes it. */
export function puppeteerSelector(alternative: SelectorAlternatives[number]): string {
  if (typeof alternative === 'string') return alternative;
  const [only] = alternative;
  return alternative.length === 1 && only !== undefined
    ? only
    : alternative.map(pseudoElement).join(' >>>> ');
}

/** Puppeteer knows the prefixes at the front only; inside a chain they are pseudo-elements. */
function pseudoElement(part: string): string {
  const prefix = /^(aria|text|xpath)\/([\s\S]*)$/.exec(part);
  if (prefix) return `::-p-${prefix[1]}(${JSON.stringify(prefix[2])})`;
  return part.startsWith('pierce/') ? `:scope >>> ${part.slice('pierce/'.length)}` : part;
}

/** The alternatives as one reads them in a message. */
export function describeSelectors(selectors: SelectorAlternatives): string {
  return selectors.map((alternative) => JSON.stringify([alternative].flat().join(' >>> '))).join(' or ');
}
