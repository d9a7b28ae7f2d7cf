import { distance } from 'fastest-levenshtein';

export interface SimilarWord {
  word: string;
  /** 0 is the same, 1 has nothing in common. */
  cost: number;
}

/** The words that are most like `wanted`, nearest first. */
export function similarWords(wanted: string, words: readonly string[], most: number): SimilarWord[] {
  return words
    .filter((word) => Math.abs(word.length - wanted.length) <= Math.max(word.length, wanted.length) / 2)
    .map((word) => ({ word, cost: difference(wanted, word) }))
    .filter(({ cost }) => cost <= 0.5)
    .sort((one, other) => one.cost - other.cost || one.word.length - other.word.length)
    .slice(0, most);
}

function difference(wanted: string, word: string): number {
  const [one, other] = [wanted.toLowerCase(), word.toLowerCase()];
  const edits = distance(one, other) / Math.max(one.length, other.length);
  const stem = stemOf(wanted);
  return stem !== null && stem === stemOf(word) ? Math.min(edits, 0.1) : edits;
}

/** A build tool's name without the hash that it changes: `price` of `price_1a2b` and `Card-price__x9Yz`. */
function stemOf(word: string): string | null {
  const [, stem = '', hash = ''] = /^(.{3}(?:.*[^_-])?)[_-]+([A-Za-z0-9]{4,12})$/.exec(word) ?? [];
  return /\d/.test(hash) || /[a-z][A-Z]/.test(hash) ? stem : null;
}
