import { fewestCharacters, formsOf } from './secret-forms';

/** From and to, in a text. */
export type Range = readonly [from: number, to: number];

/** What may follow what was read, by its first unit. */
type Branches = Map<number, { label: string; isWhole: boolean; branches: Branches }>;

const heads = 0x1_0000;

/**
 * Finds the forms of secrets in text, all of them in one pass: a page may have 64 MiB, and a robot many secrets. At most
 * places the hash of four units tells that none begins there; at others a tree of all forms tells the longest.
 */
export class SecretFinder {
  readonly #heads = new Uint8Array(heads);
  readonly #branches: Branches;

  constructor(secrets: Iterable<string>) {
    const forms = [...new Set([...secrets].flatMap(formsOf))].sort();
    for (const text of forms) this.#heads[headOf(text)] = 1;
    this.#branches = branchesOf(forms);
  }

  get isEmpty(): boolean {
    return this.#branches.size === 0;
  }

  /** The first secret that the text says at or behind a place. */
  find(text: string, start: number): Range | null {
    const isHead = this.#heads;
    const first = start + fewestCharacters - 1;
    for (let last = start, head = 0; last < text.length; last += 1) {
      head = nextHead(head, text.charCodeAt(last));
      if (isHead[head] === 0 || last < first) continue;
      const from = last - fewestCharacters + 1;
      const to = this.#longestAt(text, from);
      if (to > from) return [from, to];
    }
    return null;
  }

  /** Where the longest form ends that stands at this place. */
  #longestAt(text: string, from: number): number {
    let longest = from;
    let end = from;
    let branch = this.#branches.get(text.charCodeAt(end));
    while (branch && isAt(text, end, branch.label)) {
      end += branch.label.length;
      if (branch.isWhole) longest = end;
      branch = branch.branches.get(text.charCodeAt(end));
    }
    return longest;
  }
}

/** Short texts are looked at in place; the machine compares long ones many units at a time. */
function isAt(text: string, place: number, label: string): boolean {
  if (label.length < 32) return text.startsWith(label, place);
  return text.slice(place, place + label.length) === label;
}

/** A hash of the last four units: what is older is shifted out. */
function nextHead(head: number, unit: number): number {
  return ((head << 4) ^ unit) & (heads - 1);
}

function headOf(text: string): number {
  let head = 0;
  for (let index = 0; index < fewestCharacters; index += 1) head = nextHead(head, text.charCodeAt(index));
  return head;
}

/** Of texts that are sorted, each once. */
function branchesOf(texts: string[]): Branches {
  const branches: Branches = new Map();
  for (let from = 0, to = 0; from < texts.length; from = to) {
    const first = texts[from] ?? '';
    const unit = first.charCodeAt(0);
    while (to < texts.length && texts[to]?.charCodeAt(0) === unit) to += 1;
    const length = sharedLength(first, texts[to - 1] ?? '');
    const isWhole = first.length === length;
    const rest = texts.slice(isWhole ? from + 1 : from, to).map((text) => text.slice(length));
    branches.set(unit, { label: first.slice(0, length), isWhole, branches: branchesOf(rest) });
  }
  return branches;
}

function sharedLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one.charCodeAt(length) === other.charCodeAt(length)) length += 1;
  return length;
}
