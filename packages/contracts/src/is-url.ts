/**
 * True for what `new URL(text, base)` takes. Not by `URL.canParse`: once it is compiled, Node 20's says no to addresses
 * with letters like `ü`.
 */
export function isUrl(text: string, base?: string | URL): boolean {
  try {
    return new URL(text, base).href !== '';
  } catch {
    return false;
  }
}
