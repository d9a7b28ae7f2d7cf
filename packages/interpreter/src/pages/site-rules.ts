import { setTimeout as sleep } from 'node:timers/promises';
import { FailureError } from '@runnel/contracts';
import robotsParser, { type Robot } from 'robots-parser';
import type { StepContext } from '../step-context';

/** What robots.txt calls us, unless the robot has a user agent of its own. */
const ownName = 'Runnel';
const longestDelayMs = 30_000;

interface Rules {
  robot: Robot;
  isClosed: boolean;
  nextVisit: number;
}

/** What the robots.txt of each site allows, and how long it wants robots to wait (RFC 9309, `Crawl-delay`). */
export class SiteRules {
  readonly #rules = new Map<string, Promise<Rules>>();
  readonly #name: string;

  constructor(private readonly context: StepContext) {
    this.#name = context.options.userAgent ?? ownName;
  }

  get areObeyed(): boolean {
    return this.context.options.robotsTxt === 'obey';
  }

  /** `unknown`: the rules could not be had, because the site is broken; RFC 9309 says to stay out. */
  async judge(address: string): Promise<'allowed' | 'disallowed' | 'unknown'> {
    if (!this.areObeyed) return 'allowed';
    const { robot, isClosed } = await this.#rulesFor(address);
    if (isClosed) return 'unknown';
    return robot.isAllowed(address, this.#name) === false ? 'disallowed' : 'allowed';
  }

  /** Waits until the site may be visited again. */
  async takeTurn(address: string, signal: AbortSignal): Promise<void> {
    if (!this.areObeyed) return;
    const rules = await this.#rulesFor(address);
    const delayMs = Math.min(longestDelayMs, (rules.robot.getCrawlDelay(this.#name) ?? 0) * 1_000);
    const now = Date.now();
    const turn = Math.max(now, rules.nextVisit);
    rules.nextVisit = turn + delayMs;
    if (turn > now) await sleep(turn - now, undefined, { signal });
  }

  /** Addresses of the site's sitemaps that its robots.txt names. */
  async sitemaps(address: string): Promise<string[]> {
    return (await this.#rulesFor(address)).robot.getSitemaps();
  }

  #rulesFor(address: string): Promise<Rules> {
    const { origin } = new URL(address);
    const rules = this.#rules.get(origin) ?? this.#fetch(`${origin}/robots.txt`);
    this.#rules.set(origin, rules);
    return rules;
  }

  async #fetch(address: string): Promise<Rules> {
    const { session } = this.context;
    const { status, text } = await session
      .fetchText(address, this.context.callSignal())
      .catch((error: unknown) => ({ status: isShut(error, address) ? 404 : 503, text: '' }));
    this.context.signal.throwIfAborted();
    const robot = robotsParser(address, status < 300 ? text : '');
    return { robot, isClosed: status >= 500, nextVisit: 0 };
  }
}

/** True when we ourselves do not go to that site: its pages will say so, and its rules are no matter. */
function isShut(error: unknown, address: string): boolean {
  if (!(error instanceof FailureError) || error.failure.code !== 'EGRESS_REFUSED') return false;
  const { url } = error.failure.details ?? {};
  return typeof url === 'string' && new URL(url).host === new URL(address).host;
}
