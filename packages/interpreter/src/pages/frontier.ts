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
    if (this.#at >= this.limits.maxPages) return null;
    const place = this.#waiting[this.#at];
    if (!place) return null;
    this.#at += 1;
    return place;
  }

  /** False when the page behind the address was given under another one, or lies outside. */
  landed(address: string, url: string): boolean {
    this.#known.add(url);
    if (this.#given.has(url) || (url !== address && !this.isWanted(url))) return false;
    this.#given.add(url);
    return true;
  }
}
