/** A path or an address as it is without slashes at its end: routes take it with them and without. */
export function withoutEndSlashes(text: string): string {
  return text.replace(/(?<!\/)\/+$/, '');
}
