import type { FoundByBrowser } from './live-dom';

/** The elements below `root` that any kind of selector finds. Runs in the page, so it closes over nothing. */
export function liveSelect(root: Node, selector: string): Element[] {
  const own = (prototype: object, name: string, node: Node): unknown => Reflect.get(prototype, name, node);
  const childNodes = (node: Node) => own(Node.prototype, 'childNodes', node) as NodeListOf<Node>;
  const parentOf = (node: Node) => own(Node.prototype, 'parentNode', node) as Node | null;
  const textOf = (node: Node) => own(Node.prototype, 'textContent', node) as string | null;
  const shadowOf = (node: Node) =>
    node instanceof Element ? (own(Element.prototype, 'shadowRoot', node) as ShadowRoot | null) : null;
  const elementsIn = (node: Node): Element[] =>
    [...childNodes(node)].filter((child) => child instanceof Element);

  const find: (css: string) => NodeListOf<Element> = Reflect.get(Element.prototype, 'querySelectorAll');
  const silent = /^(script|style|noscript|template|head)$/;

  function byCss(from: Node, css: string): Element[] {
    if (css.trim() === ':scope') return from instanceof Element ? [from] : elementsIn(from);
    if (from instanceof Element) return [...find.call(from, css)];
    return [...(from as Document | ShadowRoot).querySelectorAll(css)];
  }

  /** The root, and all open shadow roots below it. */
  function withShadowRoots(from: Node): Node[] {
    const hosts = (from instanceof Element ? [from] : []).concat(byCss(from, '*'));
    const shadows = hosts.map(shadowOf).filter((shadow) => shadow !== null);
    return [from, ...shadows.flatMap(withShadowRoots)];
  }

  function contains(from: Node, element: Node): boolean {
    for (let node: Node | null = element; node !== null;) {
      node = node instanceof ShadowRoot ? node.host : parentOf(node);
      if (node === from) return true;
    }
    return false;
  }

  function byXPath(from: Node, expression: string): Element[] {
    const found = document.evaluate(expression, from, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
    const nodes = Array.from({ length: found.snapshotLength }, (_, index) => found.snapshotItem(index));
    return nodes.filter((node) => node instanceof Element);
  }

  /** The innermost elements that hold the text. */
  function byText(from: Node, text: string): Element[] {
    if (from instanceof Element && silent.test(own(Element.prototype, 'localName', from) as string))
      return [];
    const inner = shadowOf(from) ?? from;
    const inside = elementsIn(inner).flatMap((child) => byText(child, text));
    if (inside.length > 0 || !(from instanceof Element)) return inside;
    const label = from instanceof HTMLInputElement ? from.value : (textOf(inner) ?? '');
    return label.includes(text) ? [from] : [];
  }

  function byOne(from: Node, part: string): Element[] {
    const kind = /^(aria|text|xpath|pierce)\//.exec(part)?.[1];
    const rest = kind === undefined ? part : part.slice(kind.length + 1);
    if (kind === 'xpath') return byXPath(from, rest);
    if (kind === 'text') return byText(from, rest);
    if (kind === 'pierce') return withShadowRoots(from).flatMap((each) => byCss(each, rest));
    if (kind === undefined) return byCss(from, rest);
    const found = (globalThis as FoundByBrowser).runnelFound?.[part] ?? [];
    return found.filter((element) => contains(from, element));
  }

  /** ` >>> ` goes on in all open shadow roots below, ` >>>> ` in the element's own, if it has one. */
  const [first = '', ...rest] = selector.split(/ (>>>>?) /);
  let found = byOne(root, first);
  for (let at = 0; at < rest.length; at += 2) {
    const enter = (element: Element): Node[] =>
      rest[at] === '>>>' ? withShadowRoots(element) : [shadowOf(element) ?? element];
    found = [...new Set(found.flatMap(enter).flatMap((each) => byOne(each, rest[at + 1] ?? '')))];
  }
  return found;
}
