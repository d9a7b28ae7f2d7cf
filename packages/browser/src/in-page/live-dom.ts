import type { Dom } from '@runnel/contracts';

/** Elements that only Puppeteer can find (`aria/…`), by selector; they are put there before a question is asked. */
export interface FoundByBrowser {
  runnelFound?: Record<string, Element[]>;
}

/**
 * The page's own document, as questions are asked of it. Runs in the page, so it closes over nothing but `select`.
 * A page's forms and names may hide what built-ins are called (`<input name="children">`): they are taken from the
 * prototypes.
 */
export function liveDom(select: (root: Node, selector: string) => Element[]): Dom<Node> {
  const own = (prototype: object, name: string, node: Node): unknown => Reflect.get(prototype, name, node);
  const childNodes = (node: Node) => own(Node.prototype, 'childNodes', node) as NodeListOf<ChildNode>;
  const innerHtml = (node: Node) => own(Element.prototype, 'innerHTML', node) as string;
  const outerHtml = (node: Node) => own(Element.prototype, 'outerHTML', node) as string;
  const whole = (): string =>
    document.documentElement instanceof Element ? outerHtml(document.documentElement) : '';

  return {
    document,
    url: location.href,
    baseUrl: own(Node.prototype, 'baseURI', document) as string,
    select,
    children: (node) =>
      [...childNodes(node)].filter((child) => child instanceof Element || child instanceof Text),
    text: (node) => (node instanceof Text ? node.data : null),
    tag: (node) =>
      node instanceof Element ? (own(Element.prototype, 'localName', node) as string).toLowerCase() : '',
    attribute: (node, name) =>
      node instanceof Element ? Element.prototype.getAttribute.call(node, name) : null,
    attributeNames: (node) => (node instanceof Element ? Element.prototype.getAttributeNames.call(node) : []),
    parent: (node) => own(Node.prototype, 'parentNode', node) as Node | null,
    innerHtml: (node) => (node instanceof Element ? innerHtml(node) : whole()),
    outerHtml: (node) => (node instanceof Element ? outerHtml(node) : whole()),
    isShown: (node) => !(node instanceof Element) || Element.prototype.checkVisibility.call(node),
  };
}
