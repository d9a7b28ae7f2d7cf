/** Below 0: `a` is older than `b`. As semver has it; what stands behind a plus is nothing. */
export function versionOrder(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  for (const n of [0, 1, 2]) {
    const difference = (left.numbers[n] ?? 0) - (right.numbers[n] ?? 0);
    if (difference !== 0) return difference;
  }
  return preOrder(left.pre, right.pre);
}

function partsOf(version: string): { numbers: number[]; pre: string[] } {
  const [core = '', ...pre] = (version.split('+')[0] ?? '').split('-');
  const text = pre.join('-');
  return { numbers: core.split('.').map(Number), pre: text === '' ? [] : text.split('.') };
}

/** What comes before a release is older than it. */
function preOrder(a: string[], b: string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (let n = 0; n < Math.max(a.length, b.length); n += 1) {
    const [left, right] = [a[n], b[n]];
    if (left === right) continue;
    if (left === undefined) return -1;
    if (right === undefined) return 1;
    return wordOrder(left, right);
  }
  return 0;
}

/** Numbers are older than words. */
function wordOrder(a: string, b: string): number {
  const [left, right] = [isNumber(a), isNumber(b)];
  if (left !== right) return left ? -1 : 1;
  return left ? Number(a) - Number(b) : a < b ? -1 : 1;
}

/** As semver has it: 1e3 is a word. */
const isNumber = (word: string): boolean => /^\d+$/.test(word);
