/** The same page whatever its fragment. */
export function pageAddress(url: string): string {
  return url.replace(/#.*/s, '');
}
