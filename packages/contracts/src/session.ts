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
  /** The session's cookies, and the storage of every origin that it has visited. */
  state(signal: AbortSignal): Promise<SessionState>;
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

/** A cookie as a browser has it. */
export interface KeptCookie {
  name: string;
  value: string;
  /** With a leading dot where it is for the hosts below as well. */
  domain: string;
  path: string;
  /** Seconds since 1970; null: until the session ends. */
  expires: number | null;
  httpOnly: boolean;
  secure: boolean;
  sameSite: 'Strict' | 'Lax' | 'None' | null;
}

/** What a session leaves behind, for a later one to begin with. */
export interface SessionState {
  cookies: KeptCookie[];
  /** What `localStorage` holds, by origin. */
  storage: Record<string, Record<string, string>>;
}

/** What a session has beside its robot's options. */
export interface SessionExtras {
  /** The only hosts that it may visit: `example.com`, or `*.example.com` for those below; null: any. */
  domains?: readonly string[] | null;
  /** What it begins with. */
  state?: SessionState | null;
  /** Beside `options.headers`; null or none: none. */
  ownHeaders?: OwnHeaders | null;
}

/** Headers that hold secrets, and the one site that is sent them. */
export interface OwnHeaders {
  /** An address of it: who asks for another address sends them as `isSameHost` says. */
  site: URL;
  headers: Record<string, string>;
}

/** Gives out sessions, each with its own cookies, storage and cache. */
export interface SessionSource {
  /** `options` as `filledOptions` gives them. */
  open(options: Options, signal: AbortSignal, extras?: SessionExtras): Promise<Session>;
}
