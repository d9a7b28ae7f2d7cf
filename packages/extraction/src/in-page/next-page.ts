import type { Dom } from '@runnel/contracts';

/** What stands behind a "next" control. */
export interface NextControl {
  /** Absolute http(s) address to follow; null when the control must be clicked. */
  href: string | null;
}

/** The control that leads to the next page, or null when there is none that works. A question. */
export function findNext<Node>(dom: Dom<Node>, selector: string): NextControl | null {
  function isDead(node: Node): boolean {
    if (dom.attribute(node, 'disabled') !== null || dom.attribute(node, 'aria-disabled') === 'true')
      return true;
    return /(^|\s)disabled(\s|$)/.test(dom.attribute(node, 'class') ?? '');
  }

  const control = dom.select(dom.document, selector)[0];
  if (control === undefined) return null;
  for (let node: Node | null = control; node !== null; node = dom.parent(node)) {
    if (isDead(node)) return null;
  }
  const address = dom.attribute(control, 'href');
  // What cannot be seen cannot be clicked: lists hide their control on the last page.
  if (address === null || address.startsWith('#')) return dom.isShown(control) ? { href: null } : null;
  try {
    const url = new URL(address, dom.baseUrl);
    return { href: /^https?:$/.test(url.protocol) ? url.href : null };
  } catch {
    return { href: null };
  }
}
