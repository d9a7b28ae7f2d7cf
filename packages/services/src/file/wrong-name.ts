const longestName = 200;

/** Why an input cannot be called so, or null. */
export function wrongName(name: string): string | null {
  if (name === '') return 'has no name';
  if (name === '__proto__') return 'is not allowed as a name';
  if (name.length > longestName) return `must be a name of at most ${longestName} characters`;
  return wrongText(name);
}

/** Why Postgres cannot hold a text, or null. */
export function wrongText(text: string): string | null {
  if (text.includes('\0')) return 'holds U+0000';
  return text.isWellFormed() ? null : 'holds half of a surrogate pair';
}
