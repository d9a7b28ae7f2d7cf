import { z } from 'zod';
import { splitOutside } from './split-outside';

/** Where something is found, in our words. */
export interface Located {
  selector: string;
  /** The iframe that it stands in. */
  frame?: string;
}

type Read<T> = { read: T; fault: null } | { read: null; fault: string };

const wrong = (fault: string): { read: null; fault: string } => ({ read: null, fault });
const right = <T>(read: T): { read: T; fault: null } => ({ read, fault: null });

const selectorText = z.string().trim().min(1, 'is empty').max(2000, 'is longer than 2000 characters');

/** A selector of Maxun on a page: CSS, XPath, `>>` into shadow roots, `:>>` into an iframe, `text=`, `css=`. */
export const selector = selectorText.transform((text, context) => result(readSelector(text), context));

/** The same, relative to an item of a list. */
export const itemSelector = selectorText.transform((text, context) => {
  const { read, fault } = readSelector(text);
  return result(fault === null ? right(inItem(read)) : wrong(fault), context);
});

/** Why several selectors make no single one. */
export const mixed = 'mixes ways to select: write all of it as CSS, or all as XPath, or keep one';

/** Selectors with commas between them, of which any may match. */
export const selectorList = selectorText.transform((text, context) => result(readList(text), context));

/** Selectors with commas between them, all on the page or all in the same iframe. */
export const selectors = selectorText.transform((text, context) => result(readEach(text), context));

/** True for what `:not(…)` and `:has(…)` may hold. */
export function isPlainCss(text: string): boolean {
  return !/^(xpath|text|pierce)\//.test(text) && !text.includes(' >>> ');
}

function result<T>({ read, fault }: Read<T>, context: z.RefinementCtx): T {
  if (fault === null) return read;
  context.addIssue({ code: 'custom', message: fault });
  return z.NEVER;
}

function readSelector(text: string): Read<Located> {
  const [first = '', ...inside] = splitOutside(text, ':>>');
  if (inside.length > 1) return wrong('enters an iframe inside an iframe; only one can be entered here');
  const outer = readPart(first);
  if (outer.fault !== null) return outer;
  const [last] = inside;
  if (last === undefined) return right({ selector: outer.read });
  const inner = readPart(last);
  return inner.fault === null ? right({ selector: inner.read, frame: outer.read }) : inner;
}

function readPart(text: string): Read<string> {
  const xpath = xpathOf(text);
  if (xpath !== null) {
    return splitOutside(text, '>>').length > 1 ? wrong('goes on after an XPath by >>') : right(xpath);
  }
  if (text.startsWith('text=')) return readText(text.slice('text='.length).trim());
  const parts = splitOutside(text, '>>').map((part) => part.replace(/^css=\s*/, ''));
  const fault = parts.map(partFault).find((found) => found !== null);
  return fault === undefined ? right(parts.join(' >>> ')) : wrong(fault);
}

function xpathOf(text: string): string | null {
  if (text.startsWith('xpath=')) return `xpath/${text.slice('xpath='.length).trim()}`;
  return /^\(*\.?\.?\//.test(text) ? `xpath/${text}` : null;
}

/** Playwright takes words in quotes as the whole text of an element, others as a part of it. */
function readText(text: string): Read<string> {
  if (text === '' || text.startsWith('/')) return wrong('is a pattern of texts; write the text itself');
  const [, quote, whole = ''] = /^(["'])(.*)\1$/.exec(text) ?? [];
  if (quote === undefined) return right(`text/${text}`);
  if (whole.includes(quote)) return wrong('is a text with quotes in it');
  const same = `normalize-space(.)=${quote}${whole}${quote}`;
  return right(`xpath///*[${same}][not(.//*[${same}])]`);
}

function partFault(part: string): string | null {
  if (part === '') return 'has nothing on one side of >>';
  if (xpathOf(part) !== null) return 'goes on to an XPath by >>';
  const engine = /^[a-zA-Z_][\w:-]*(?==)/.exec(part)?.[0];
  return engine === undefined
    ? null
    : `uses "${engine}=", which is not a way to select here; write CSS or XPath`;
}

function inItem({ selector: text, ...frame }: Located): Located {
  if (/^xpath\/\/\//.test(text)) return { ...frame, selector: `xpath/.${text.slice('xpath/'.length)}` };
  return { ...frame, selector: /^[>+~]/.test(text) ? `:scope ${text}` : text };
}

function readEach(text: string): Read<Located[]> {
  const reads = splitOutside(text, ',').map(readSelector);
  const bad = reads.find(({ fault }) => fault !== null);
  if (bad) return wrong(bad.fault ?? '');
  const found = reads.flatMap(({ read }) => (read === null ? [] : [read]));
  const isSpread = found.some(({ frame }) => frame !== found[0]?.frame);
  return isSpread ? wrong('names selectors of several iframes') : right(found);
}

function readList(text: string): Read<Located> {
  const { read: found, fault } = readEach(text);
  if (fault !== null) return wrong(fault);
  const [first] = found;
  if (!first || found.length === 1) return first ? right(first) : wrong('is empty');
  const texts = found.map(({ selector: each }) => each);
  if (texts.every(isPlainCss)) return right({ ...first, selector: texts.join(', ') });
  if (!texts.every((each) => each.startsWith('xpath/'))) return wrong(mixed);
  const all = texts.map((each) => each.slice('xpath/'.length)).join(' | ');
  return right({ ...first, selector: `xpath/${all}` });
}
