import { isUrl } from '@runnel/contracts';
import { isTag, isText, type ChildNode, type Element, type ParentNode } from 'domhandler';
import { removeElement } from 'domutils';
import { serializeInner } from '../parsed/serialize';
import { parseTree } from '../parsed/tree';
import { limitDepth } from './limit-depth';
import { flattenBlock, flattenCode } from './readable-code';
import { arrangeTable } from './readable-tables';

/** What nobody reads. */
const silent = new Set(['script', 'style', 'noscript', 'template']);
/** What is not text: it stays in `html`. */
const drawn = new Set('head svg canvas iframe object embed audio video map datalist'.split(' '));
/** They say nothing when they hold nothing; thousands of them would keep the writers of Markdown busy for minutes. */
const blocks = new Set('article aside dd div dl footer header li main nav ol p section ul'.split(' '));
const inlines = new Set('a b em i span strong'.split(' '));
/** Blocks by the HTML standard that the writers of Markdown and text do not all know as such. */
const plainBlocks =
  'address center details dialog dt fieldset figcaption figure hgroup legend optgroup option search summary';
const simpler = new Map<string, (element: Element) => void>([
  ...plainBlocks.split(' ').map((name) => [name, renamer('div')] as const),
  ...['menu', 'dir'].map((name) => [name, renamer('ul')] as const),
  ...['pre', 'listing', 'xmp', 'plaintext'].map((name) => [name, flattenBlock] as const),
  ['code', flattenCode],
  ['table', arrangeTable],
]);
/** Around a code block they say nothing in Markdown, and would break its fences. */
const formatting = new Set('b big em font i kbd samp small span strong tt u'.split(' '));
const addresses = new Set(['href', 'src']);

/** The page without scripts and styles, its addresses as they stand. */
export function cleanHtml(html: string): string {
  const document = parseTree(html);
  clean(document, { isDropped: (name) => silent.has(name), url: null });
  return serializeInner(document);
}

/** What is to be read of the page: only that, as the few elements that its writers know, with absolute addresses. */
export function readableHtml(html: string, url: string): string {
  const document = parseTree(html);
  clean(document, { isDropped: (name) => silent.has(name) || drawn.has(name), url });
  const root = document.children.find(isTag);
  const body = root?.children.filter(isTag).find(({ name }) => name === 'body');
  limitDepth(body ?? document);
  return serializeInner(body ?? document);
}

interface Cleaning {
  isDropped: (name: string) => boolean;
  /** What addresses become absolute by, where what remains is made simpler too; null leaves all as it is. */
  url: string | null;
}

function clean(node: ParentNode, cleaning: Cleaning): void {
  for (const child of [...node.children]) {
    if (!isTag(child)) continue;
    if (cleaning.isDropped(child.name)) {
      removeElement(child);
      continue;
    }
    if (cleaning.url !== null) simpler.get(child.name)?.(child);
    clean(child, cleaning);
    if (cleaning.url === null) continue;
    makeAbsolute(child.attribs, cleaning.url);
    if (isNothing(child)) removeElement(child);
    else if (formatting.has(child.name) && child.children.some(isCodeBlock)) child.name = 'div';
  }
}

function renamer(name: string): (element: Element) => void {
  return (element) => {
    element.name = name;
  };
}

function isCodeBlock(node: ChildNode): boolean {
  return isTag(node) && (node.name === 'pre' || (node.name === 'div' && node.children.some(isCodeBlock)));
}

function isNothing({ name, children }: Element): boolean {
  if (inlines.has(name)) return children.length === 0;
  return blocks.has(name) && children.every((child) => isText(child) && child.data.trim() === '');
}

function makeAbsolute(attributes: Record<string, string>, url: string): void {
  for (const name of addresses) {
    const address = attributes[name];
    if (address !== undefined && isUrl(address, url)) attributes[name] = new URL(address, url).href;
  }
}
