import { readAs, saidBytes, type Said, type Writing } from './said-bytes';

/** What is shorter would be found in text that has nothing to do with it. */
const fewestCharacters = 4;
const fewestOfLine = 8;
const fewestOfBase64 = 6;
const headBytes = 4;

/** From and to, in a text. */
export type Range = readonly [from: number, to: number];

/** How pages write what they say, and what stands in another writing in theirs. */
type Writings = { [W in Writing]?: Writings };

const inAddress: Writings = { address: {}, form: {} };
const writings: Writings = {
  address: { address: {} },
  form: {},
  html: { ...inAddress, json: { json: {} } },
  json: { ...inAddress, html: {}, json: { json: {} } },
};

/** Finds secrets in text, however it writes them, all of them in one reading for each way of writing. */
export class SecretFinder {
  /** Those that begin with the same four bytes. */
  readonly #byHead = new Map<number, Buffer[]>();

  constructor(secrets: Iterable<string>) {
    for (const wanted of new Set([...secrets].flatMap(formsOf))) {
      const bytes = trimmed(saidBytes(wanted).bytes);
      if (bytes.length < headBytes) continue;
      const head = bytes.readUInt32BE(0);
      this.#byHead.set(head, [...(this.#byHead.get(head) ?? []), bytes]);
    }
  }

  get isEmpty(): boolean {
    return this.#byHead.size === 0;
  }

  /** Where the text says a secret, in order, none touching another. */
  find(text: string): Range[] {
    return joined(this.#findAll(saidBytes(text), writings));
  }

  #findAll(said: Said, inner: Writings): Range[] {
    const ranges = this.#findIn(said);
    for (const writing of ['address', 'form', 'html', 'json'] as const) {
      const read = inner[writing] && readAs(said, writing);
      if (read) for (const range of this.#findAll(read, inner[writing] ?? {})) ranges.push(range);
    }
    return ranges;
  }

  #findIn({ bytes, places }: Said): Range[] {
    const ranges: Range[] = [];
    let head = 0;
    for (let end = 0; end < bytes.length; end += 1) {
      head = ((head << 8) | (bytes[end] ?? 0)) >>> 0;
      const wanted = end < headBytes - 1 ? undefined : this.#byHead.get(head);
      if (wanted === undefined) continue;
      const from = end - headBytes + 1;
      const length = longestAt(bytes, from, wanted);
      if (length > 0) ranges.push([places[from] ?? 0, places[from + length] ?? 0]);
    }
    return ranges;
  }
}

function longestAt(bytes: Buffer, from: number, wanted: Buffer[]): number {
  const there = wanted.filter(
    (each) =>
      from + each.length <= bytes.length &&
      bytes.compare(each, 0, each.length, from, from + each.length) === 0,
  );
  return Math.max(0, ...there.map(({ length }) => length));
}

function joined(ranges: Range[]): Range[] {
  const all: Range[] = [];
  for (const [from, to] of ranges.sort((a, b) => a[0] - b[0])) {
    const last = all.at(-1);
    if (last && from <= last[1]) all[all.length - 1] = [last[0], Math.max(last[1], to)];
    else all.push([from, to]);
  }
  return all;
}

/** The secret, its longer lines, and its base64. */
function formsOf(secret: string): string[] {
  if (secret.trim().length < fewestCharacters) return [];
  const lines = secret.split(/[\r\n]+/).filter((line) => line.trim().length >= fewestOfLine);
  return [secret, ...lines, ...base64Forms(secret)];
}

/** By itself, and what is sure of it in the base64 of a longer text, where it may begin at three places of a group. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const alone = bytes.toString('base64').replace(/=+$/, '');
  const within = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
  const forms = [alone, ...within].filter((text) => text.length >= fewestOfBase64);
  return forms.flatMap((text) => [text, text.replaceAll('+', '-').replaceAll('/', '_')]);
}

/** Pages put any white space around what they say. */
function trimmed(bytes: Buffer): Buffer {
  const from = bytes[0] === 0x20 ? 1 : 0;
  return bytes.subarray(from, bytes.at(-1) === 0x20 ? -1 : undefined);
}
