/** What stands behind a "next" control. */
export interface NextControl {
  /** Absolute http(s) address to follow; null when the control must be clicked. */
  href: string | null;
}

/** Runs in the page: the control that leads to the next page, or null when there is none that works. */
export function findNext(selector: string): NextControl | null {
  const control = document.querySelector(selector);
  if (control === null) return null;
  const dead = control.closest('[disabled], [aria-disabled="true"], .disabled');
  if (dead !== null) return null;
  const address = control.getAttribute('href');
  // What cannot be seen cannot be clicked: lists hide their control on the last page.
  if (address === null || address.startsWith('#')) return control.checkVisibility() ? { href: null } : null;
  try {
    const url = new URL(address, document.baseURI);
    return { href: /^https?:$/.test(url.protocol) ? url.href : null };
  } catch {
    return { href: null };
  }
}

/** Runs in the page: changes when the list on the page does. */
export function listSignature(item: string): string {
  const items = [...document.querySelectorAll(item)];
  const ends = [items[0], items.at(-1)].map((element) => element?.textContent ?? '');
  return JSON.stringify([location.href, items.length, ...ends]);
}
