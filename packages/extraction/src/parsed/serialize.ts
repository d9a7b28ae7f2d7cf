import type { AnyNode, ChildNode, Element } from 'domhandler';
import { isComment, isDirective, isDocument, isTag, isText } from 'domhandler';
import { isHtmlElement } from './tree';

const voids = new Set(
  'area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr'.split(
    ' ',
  ),
);
/** Their text is markup's own, not escaped. */
const raw = new Set('style script xmp iframe noembed noframes plaintext'.split(' '));
const escapes: Record<string, string> = {
  '&': '&amp;',
  '\u00a0': '&nbsp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** A node as `outerHTML` writes it: by the HTML standard, with `<` and `>` escaped in attributes too. */
export function serializeOuter(node: AnyNode): string {
  if (isTag(node)) return serializeElement(node);
  if (isText(node)) return isRaw(node) ? node.data : node.data.replace(/[&\u00a0<>]/g, escaped);
  if (isComment(node)) return `<!--${node.data}-->`;
  if (isDirective(node)) return `<!DOCTYPE ${String(node['x-name'])}>`;
  return serializeInner(node);
}

/** What is in a node, as `innerHTML` writes it; of a template, its content. */
export function serializeInner(node: AnyNode): string {
  if (!('children' in node)) return '';
  let text = '';
  for (const child of node.children)
    text += isDocument(child) ? serializeInner(child) : serializeOuter(child);
  return text;
}

function serializeElement(element: Element): string {
  let tag = `<${element.name}`;
  for (const name in element.attribs) {
    tag += ` ${name}="${(element.attribs[name] ?? '').replace(/[&\u00a0<>"]/g, escaped)}"`;
  }
  if (isHtmlElement(element) && voids.has(element.name)) return `${tag}>`;
  return `${tag}>${serializeInner(element)}</${element.name}>`;
}

function isRaw({ parent }: ChildNode): boolean {
  if (parent === null || !isTag(parent) || !isHtmlElement(parent)) return false;
  return raw.has(parent.name) || (parent.name === 'noscript' && !isInTemplate(parent));
}

/** Where no scripts can run. */
function isInTemplate(element: Element): boolean {
  for (let node = element.parent; node !== null; node = node.parent) {
    if (isDocument(node)) return node.parent !== null;
  }
  return false;
}

function escaped(character: string): string {
  return escapes[character] ?? character;
}
