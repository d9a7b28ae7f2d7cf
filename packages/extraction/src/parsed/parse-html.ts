import { failure, FailureError, type Dom, type ParseHtml, isUrl } from '@runnel/contracts';
import { isTag, isText, type AnyNode, type Document, type Element } from 'domhandler';
import { cssCompiler, type CssMatcher } from './match-css';
import { serializeInner, serializeOuter } from './serialize';
import { childrenOf, elementsBelow, isHtmlElement, isQuirky, parseTree } from './tree';

/** A page that was fetched: it is parsed when it is first asked, and answers as Chromium would without scripts. */
export const parseHtml: ParseHtml = ({ html, url }) => {
  let dom: Dom<AnyNode> | null = null;
  return {
    ask(question, argument) {
      dom ??= domOf(parseTree(html), url);
      return question(dom, argument);
    },
  };
};

function domOf(document: Document, url: string): Dom<AnyNode> {
  const select = selectIn(document);
  const root = document.children.find(isTag);
  return {
    document,
    url,
    baseUrl: baseUrlOf(select(document, 'base[href]'), url),
    select,
    children: childrenOf,
    text: (node) => (isText(node) ? node.data : null),
    tag: (node) => (isTag(node) ? node.name.toLowerCase() : ''),
    attribute: (node, name) => (isTag(node) ? attributeOf(node, name) : null),
    attributeNames: (node) => (isTag(node) ? Object.keys(node.attribs) : []),
    parent: (node) => node.parent,
    innerHtml: (node) => (isTag(node) ? serializeInner(node) : serializeOuter(root ?? node)),
    outerHtml: (node) => (isTag(node) ? serializeOuter(node) : serializeOuter(root ?? node)),
    isShown,
  };
}

function selectIn(document: Document): (root: AnyNode, selector: string) => Element[] {
  const compile = cssCompiler(isQuirky(document));
  const matchers = new Map<string, CssMatcher>();

  function matcherOf(selector: string): CssMatcher {
    if (/^(aria|text|xpath|pierce)\/| >>>>? /.test(selector)) {
      throw new FailureError(failure('NEEDS_BROWSER', `${JSON.stringify(selector)} is not plain CSS`));
    }
    const matches = compile(selector);
    matchers.set(selector, matches);
    return matches;
  }

  return (root, selector) => {
    if (!('children' in root)) return [];
    if (selector.trim() === ':scope') return isTag(root) ? [root] : document.children.filter(isTag);
    const matches = matchers.get(selector) ?? matcherOf(selector);
    const scope = isTag(root) ? root : null;
    return elementsBelow(root, (element) => matches(element, scope));
  };
}

function attributeOf(element: Element, name: string): string | null {
  return element.attribs[isHtmlElement(element) ? name.toLowerCase() : name] ?? null;
}

function baseUrlOf(bases: Element[], url: string): string {
  const address = bases[0]?.attribs['href'];
  if (address === undefined || !isUrl(address, url)) return url;
  const base = new URL(address, url);
  return base.protocol === 'data:' || base.protocol === 'javascript:' ? url : base.href;
}

/** Elements that no style sheet of a browser shows. */
const unseen = new Set(
  'area base basefont datalist head link meta noembed noframes noscript param rp script style template title'.split(
    ' ',
  ),
);

function isShown(node: AnyNode): boolean {
  for (let each: AnyNode | null = node; each !== null; each = each.parent) {
    if (isTag(each) && isHidden(each)) return false;
  }
  return true;
}

function isHidden({ name, attribs }: Element): boolean {
  if (unseen.has(name) || attribs['hidden'] !== undefined) return true;
  if (name === 'input' && attribs['type']?.toLowerCase() === 'hidden') return true;
  if (name === 'dialog' && attribs['open'] === undefined) return true;
  return /(^|;)\s*display\s*:\s*none\b/i.test(attribs['style'] ?? '');
}
