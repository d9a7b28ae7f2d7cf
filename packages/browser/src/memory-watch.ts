import { readFile } from 'node:fs/promises';
import { ownMemory } from './process-memory';

const calmMs = 250;
/** When a process has half of what it may have: a page can take two gigabytes in a second. */
const alarmedMs = 50;
/** How long the browser may take to give free what it held for a page that was ended. */
const relievedMs = 1_000;

export interface MemoryLimits {
  /** Of a process that shows pages. */
  page: number;
  /** Of any other process of the browser. */
  other: number;
  /** Of all of them together. */
  all: number;
}

interface Reading {
  pid: number;
  isPage: boolean;
  bytes: number;
}

/**
 * Ends processes of a browser that take too much memory; those of other pages live on. A page's process is ended
 * by `pageSignal`, which nobody else sends it, so that its tab knows why. Without /proc it does nothing.
 * Chromium leaves pages that were left in memory for long: on the way to the limit tabs are asked to tidy up.
 */
export class MemoryWatch {
  #timer: NodeJS.Timeout | null = null;
  #over = false;
  readonly #asked = new Set<number>();
  /** What a page's process may have until tabs are asked again to tidy up. */
  #levels = new Map<number, number>();
  readonly #tabs = new Set<() => void>();
  #lastTaken = 0;
  #lastEnded = -Infinity;

  static readonly pageSignal = 'SIGTERM';
  /** How a process that was ended by it is told: killed by it, or, in its sandbox, where it is pid 1, gone with -15. */
  static readonly #ends: ReadonlySet<number> = new Set([15, (256 - 15) << 8]);

  /** True for the status of a page that took too much. */
  static isEndOf(status: number): boolean {
    return MemoryWatch.#ends.has(status);
  }

  /** Null: a browser whose process is not known. */
  constructor(
    private readonly browser: number | null,
    readonly limits: MemoryLimits,
  ) {
    this.#next(calmMs);
  }

  /** What the page had that was ended last. */
  get lastTaken(): number {
    return this.#lastTaken;
  }

  /** `tidyUp` is called when a page has half of what it may have, and each time that half of the rest is taken. */
  listen(tidyUp: () => void): void {
    this.#tabs.add(tidyUp);
  }

  unlisten(tidyUp: () => void): void {
    this.#tabs.delete(tidyUp);
  }

  stop(): void {
    this.#over = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  #next(delayMs: number): void {
    if (!this.#over) this.#timer = setTimeout(() => void this.#look(), delayMs).unref();
  }

  async #look(): Promise<void> {
    if (this.browser === null) return;
    const readings = await Promise.all((await familyOf(this.browser)).map(readingOf));
    if (this.#over) return;
    this.#judge(readings);
    this.#warn(readings.filter(({ isPage }) => isPage));
    const isAlarmed = readings.some((reading) => reading.bytes > this.#limitOf(reading) / 2);
    this.#next(isAlarmed ? alarmedMs : calmMs);
  }

  #warn(pages: Reading[]): void {
    const levels = new Map<number, number>();
    let isDue = false;
    for (const { pid, bytes } of pages) {
      const level = this.#levels.get(pid) ?? this.limits.page / 2;
      const isOver = bytes > level;
      isDue ||= isOver;
      if (bytes > this.limits.page / 2) levels.set(pid, isOver ? (bytes + this.limits.page) / 2 : level);
    }
    this.#levels = levels;
    if (isDue) for (const tidyUp of this.#tabs) tidyUp();
  }

  #judge(readings: Reading[]): void {
    const tooLarge = readings.filter((reading) => reading.bytes > this.#limitOf(reading));
    const pages = tooLarge.filter(({ isPage }) => isPage);
    for (const page of pages) this.#endPage(page);
    if (pages.length > 0 || performance.now() - this.#lastEnded < relievedMs) return;
    const sum = readings.reduce((bytes, reading) => bytes + reading.bytes, 0);
    const [largest] = readings.filter(({ isPage }) => isPage).sort((one, other) => other.bytes - one.bytes);
    if (sum > this.limits.all && largest) this.#kill(largest.pid, 'SIGKILL');
    for (const { pid } of tooLarge) this.#kill(pid, 'SIGKILL');
  }

  /** One that was asked to end and did not is made to. */
  #endPage({ pid, bytes }: Reading): void {
    const wasAsked = this.#asked.has(pid);
    this.#asked.add(pid);
    if (!wasAsked) this.#lastTaken = bytes;
    this.#kill(pid, wasAsked ? 'SIGKILL' : MemoryWatch.pageSignal);
  }

  #kill(pid: number, signal: NodeJS.Signals): void {
    this.#lastEnded = performance.now();
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended meanwhile.
    }
  }

  #limitOf({ isPage }: Reading): number {
    return isPage ? this.limits.page : this.limits.other;
  }
}

/** The process and its descendants: Chromium starts them all from first threads. */
async function familyOf(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const pids = children.split(' ').filter((child) => child !== '');
  const families = await Promise.all(pids.map((child) => familyOf(Number(child))));
  return [pid, ...families.flat()];
}

/** One that was begun just now still bears its parent's name: then it is no page yet. */
async function readingOf(pid: number): Promise<Reading> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return { pid, isPage: command.includes('--type=renderer'), bytes: await ownMemory(pid) };
}
