import type { AnyNode, Document, ParentNode } from 'domhandler';
import { Element, isTag, isText } from 'domhandler';
import { html, type TreeAdapter } from 'parse5';
import { adapter, type Htmlparser2TreeAdapterMap } from 'parse5-htmlparser2-tree-adapter';
import { PageParser, tooLarge } from './page-parser';

type Attributes = Parameters<TreeAdapter<Htmlparser2TreeAdapterMap>['createElement']>[2];

/** Chromium nests no deeper: what comes below becomes a sibling. */
const deepest = 512;
/** Elements and attributes, some 500 MB. Small pages may make more: each paragraph opens again what was open before it. */
const mostParts = 1_000_000;
/** Characters: more than the largest page has. */
const mostAttributeText = 16 * 1024 * 1024;
/** Elements that may hold a shadow root, beside those with a hyphen in their names. */
const shadowHosts = new Set(
  'article aside blockquote body div footer h1 h2 h3 h4 h5 h6 header main nav p section span'.split(' '),
);

/** The tree that Chromium makes of a page without running its scripts. */
export function parseTree(text: string): Document {
  const isDeep = (): boolean => parser.openElements.stackTop >= deepest;
  const parser = new PageParser({ treeAdapter: chromiumTree(isDeep) });
  parser.tokenizer.write(text, true);
  return parser.document;
}

/** A tree of domhandler's nodes; an attribute is kept by its whole name, `xlink:href`. */
function chromiumTree(isDeep: () => boolean): TreeAdapter<Htmlparser2TreeAdapterMap> {
  const hosts = new Set<ParentNode>();
  const count = counter();

  /** A shadow root that is declared by a template is not in the tree that selectors see. */
  function isShadowRoot(parent: ParentNode, node: AnyNode): boolean {
    if (!isTag(node) || node.name !== 'template' || hosts.has(parent) || !isTag(parent)) return false;
    if (!shadowHosts.has(parent.name) && !parent.name.includes('-')) return false;
    if (!/^(open|closed)$/i.test(node.attribs['shadowrootmode'] ?? '')) return false;
    hosts.add(parent);
    return true;
  }

  return {
    ...adapter,
    createElement: (name, namespace, attributes) => {
      count(attributes);
      const element = new Element(name, attributesOf(attributes), []);
      element.namespace = namespace;
      return element;
    },
    adoptAttributes: (element, attributes) => {
      for (const [name, value] of Object.entries(attributesOf(attributes))) element.attribs[name] ??= value;
    },
    appendChild: (parent, node) => {
      if (isShadowRoot(parent, node)) return;
      adapter.appendChild(isDeep() && parent.parent && !isText(node) ? parent.parent : parent, node);
    },
  };
}

/** Counts the elements that a page makes, each by its attributes. */
function counter(): (attributes: Attributes) => void {
  let parts = 0;
  let text = 0;
  return (attributes) => {
    parts += 1 + attributes.length;
    for (const { name, value } of attributes) text += name.length + value.length;
    if (parts > mostParts) throw tooLarge(`makes more than ${mostParts} elements and attributes`);
    if (text > mostAttributeText)
      throw tooLarge(`makes attributes of more than ${mostAttributeText} characters`);
  };
}

function attributesOf(attributes: Attributes): Record<string, string> {
  const values: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const { prefix, name, value } of attributes) values[prefix ? `${prefix}:${name}` : name] = value;
  return values;
}

export function isHtmlElement(element: Element): boolean {
  return element.namespace === html.NS.HTML;
}

/** What a template holds is a document of its own. */
function isTemplate(node: ParentNode): boolean {
  return isTag(node) && node.name === 'template' && isHtmlElement(node);
}

/** Elements and texts in order. */
export function childrenOf(node: AnyNode): AnyNode[] {
  if (!('children' in node) || isTemplate(node)) return [];
  const { children } = node;
  const isRead = (child: AnyNode): boolean => isText(child) || isTag(child);
  return children.every(isRead) ? children : children.filter(isRead);
}

/** The elements below `root` that pass, in document order. */
export function elementsBelow(root: ParentNode, test: (element: Element) => boolean): Element[] {
  const found: Element[] = [];
  const visit = (node: ParentNode): void => {
    if (isTemplate(node)) return;
    for (const child of node.children) {
      if (!isTag(child)) continue;
      if (test(child)) found.push(child);
      visit(child);
    }
  };
  visit(root);
  return found;
}

/** Null for the root, whose parent is the document. */
export function parentElement(element: Element): Element | null {
  const { parent } = element;
  return parent !== null && isTag(parent) ? parent : null;
}

export function isQuirky(document: Document): boolean {
  return document['x-mode'] === html.DOCUMENT_MODE.QUIRKS;
}
