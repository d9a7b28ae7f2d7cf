import type { Options } from './definition/definition';
import type { SelectorAlternatives } from './definition/selector';

/** What a step may do with a page. Every call ends when `signal` does, and throws a FailureError. */
export interface Session {
  /** Opens `url` and returns when its document is parsed, whatever its images, styles and trackers do. */
  navigate(url: string, signal: AbortSignal): Promise<void>;
  click(target: ClickTarget, signal: AbortSignal): Promise<void>;
  change(selectors: SelectorAlternatives, value: string, signal: AbortSignal): Promise<void>;
  waitForElement(wanted: ElementCondition, signal: AbortSignal): Promise<void>;
  /** True when the selector matches now; does not wait. */
  has(selector: string, signal: AbortSignal): Promise<boolean>;
  setViewport(viewport: Viewport, signal: AbortSignal): Promise<void>;
  /** Runs a self-contained function in the page; again if the page navigates meanwhile. */
  evaluate<A, R>(pageFunction: (argument: A) => R, argument: A, signal: AbortSignal): Promise<R>;
  screenshot(options: { fullPage: boolean; selector?: string }, signal: AbortSignal): Promise<Buffer>;
  url(): string;
  /** What went wrong without stopping the step, since the last call. */
  takeWarnings(): string[];
  close(): Promise<void>;
}

export interface ClickTarget {
  selectors: SelectorAlternatives;
  offset?: { x: number; y: number };
  button?: 'left' | 'middle' | 'right';
  holdMs?: number;
  /** The click is known to open another page: wait for it. */
  navigates: boolean;
}

export interface ElementCondition {
  selectors: SelectorAlternatives;
  operator: '>=' | '==' | '<=';
  count: number;
  visible?: boolean;
}

export interface Viewport {
  width: number;
  height: number;
  deviceScaleFactor?: number;
  isMobile?: boolean;
  hasTouch?: boolean;
  isLandscape?: boolean;
}

/** Gives out sessions, each with its own cookies, storage and cache. */
export interface SessionSource {
  open(options: Options, signal: AbortSignal): Promise<Session>;
}
