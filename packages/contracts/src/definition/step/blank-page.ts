/** The page of a new tab, which recordings begin with: nothing is on it. */
export function isBlankPage(url: string): boolean {
  return /^(about:blank|chrome:\/\/(newtab|new-tab-page)\/?)$/.test(url);
}
