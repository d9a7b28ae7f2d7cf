import { lookup as systemLookup } from 'node:dns/promises';

export interface FoundAddress {
  address: string;
  family: 4 | 6;
}
export type Lookup = (host: string) => Promise<FoundAddress[]>;

const resolveMs = 5_000;
/** Long enough for the files of one page. */
const keptMs = 5_000;
const maxKept = 1_000;

/** A lookup that took too long, which is not to say that there is no such name. */
export class LookupTimeout extends Error {}

/** Looks hosts up: who asks for the same at once, or soon after, is given the same answer. */
export class Resolver {
  readonly #kept = new Map<string, { until: number; answer: Promise<FoundAddress[]> }>();

  constructor(private readonly lookup: Lookup = lookUp) {}

  /** @throws LookupTimeout, or the error of the lookup */
  resolve(host: string): Promise<FoundAddress[]> {
    const kept = this.#kept.get(host);
    if (kept && kept.until > Date.now()) return kept.answer;
    const answer = inTime(this.lookup(host));
    this.#kept.delete(host);
    this.#kept.set(host, { until: Date.now() + resolveMs + keptMs, answer });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > maxKept && oldest !== undefined) this.#kept.delete(oldest);
    answer.then(
      () => this.#keep(host, answer, Date.now() + keptMs),
      () => this.#keep(host, answer, 0),
    );
    return answer;
  }

  #keep(host: string, answer: Promise<FoundAddress[]>, until: number): void {
    const kept = this.#kept.get(host);
    if (kept?.answer !== answer) return;
    kept.until = until;
    if (until === 0) this.#kept.delete(host);
  }
}

/** Names of this machine are not left to DNS (RFC 6761, 6.3). */
async function lookUp(host: string): Promise<FoundAddress[]> {
  if (/(^|\.)localhost\.?$/.test(host)) {
    return [
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ];
  }
  const found = await systemLookup(host, { all: true, verbatim: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
}

function inTime<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new LookupTimeout('no answer in time')), resolveMs);
    work.finally(() => clearTimeout(timer)).then(resolve, reject);
  });
}
