import type { Options } from './definition/definition';
import type { FramePath } from './definition/step/any-step';
import type { RecorderStep } from './definition/step/step';
import type { Question } from './dom';

export type Engine = 'browser' | 'http';

/** What a step may do with a page. Every call ends when its signal does, and throws a FailureError. */
export interface Session {
  readonly engine: Engine;
  /** Opens `url` and returns when its document is parsed, whatever its images, styles and trackers do. */
  navigate(url: string, call: TabCall): Promise<void>;
  /** Another page with the same cookies and storage; who opens it closes it. */
  openPage(signal: AbortSignal): Promise<Session>;
  /** What the document that is open now answers; asked again if the page goes on to another document meanwhile. */
  ask<Argument, Answer>(
    question: Question<Argument, Answer>,
    argument: Argument,
    call: FrameCall,
  ): Promise<Answer>;
  /** Does what a person did when the step was recorded. @throws FailureError NEEDS_BROWSER */
  perform(step: RecorderStep, signal: AbortSignal): Promise<void>;
  /** @throws FailureError NEEDS_BROWSER */
  screenshot(options: { fullPage: boolean; selector?: string }, call: FrameCall): Promise<Buffer>;
  /** @throws FailureError NEEDS_BROWSER */
  pdf(options: { format: string; landscape: boolean }, call: TabCall): Promise<Buffer>;
  /** Resolves when no request has been under way for half a second. */
  networkIdle(call: TabCall): Promise<void>;
  /** A small text beside the pages, like robots.txt: its status and what it says, at most 10 MiB of it. */
  fetchText(url: string, signal: AbortSignal): Promise<{ status: number; text: string }>;
  /** The address of the page that is open. */
  url(): string;
  /** The HTTP status of the newest document; null when none was loaded. */
  status(): number | null;
  /** What went wrong without stopping the step, since the last call. */
  takeWarnings(): string[];
  close(): Promise<void>;
}

/** One call on a tab: `main` when not said. */
export interface TabCall {
  signal: AbortSignal;
  target?: string;
}

/** One call on a frame of a tab: the page's own when not said. */
export interface FrameCall extends TabCall {
  frame?: FramePath;
}

/** Gives out sessions, each with its own cookies, storage and cache. */
export interface SessionSource {
  open(options: Options, signal: AbortSignal): Promise<Session>;
}
