import type { CrawlStep } from '@runnel/contracts';
import { canonicalUrl } from './canonical-url';

/** An address, and how many links away from the first it was found. */
export interface Place {
  address: string;
  depth: number;
}

/** The addresses still to visit, in the order in which they were found. */
export class Frontier {
  readonly #known = new Set<string>();
  readonly #waiting: Place[] = [];
  readonly #given = new Set<string>();
  #at = 0;
  #passedOver = 0;

  constructor(
    private readonly limits: Pick<CrawlStep, 'maxPages' | 'maxDepth'>,
    private readonly isWanted: (address: string) => boolean,
  ) {}

  add(link: string, depth: number): void {
    const address = canonicalUrl(link);
    if (address === null || depth > this.limits.maxDepth || this.#known.has(address)) return;
    this.#known.add(address);
    if (depth === 0 || this.isWanted(address)) this.#waiting.push({ address, depth });
  }

  next(): Place | null {
    if (this.#at - this.#passedOver >= this.limits.maxPages) return null;
    const place = this.#waiting[this.#at];
    if (!place) return null;
    this.#at += 1;
    return place;
  }

  /** What `next` gave was no page of its own: it does not count. */
  passOver(): void {
    this.#passedOver += 1;
  }

  /** False when the page behind the address was given under another one, or lies outside. */
  landed(address: string, url: string): boolean {
    this.#known.add(url);
    if (this.#given.has(url) || (url !== address && !this.isWanted(url))) {
      this.passOver();
      return false;
    }
    this.#given.add(url);
    return true;
  }

  /** What a reader of the rows should know of the pages that are not among them. */
  warnings(): string[] {
    const left = this.#waiting.length - this.#at;
    const stopped =
      left > 0 ? [`stopped at maxPages ${this.limits.maxPages}: ${left} more addresses were found`] : [];
    const isLost = this.#waiting.length === 1 && this.#known.size > 1;
    return [
      ...stopped,
      ...(isLost ? ['no link that was found is one to follow: see include, exclude and maxDepth'] : []),
    ];
  }
}
