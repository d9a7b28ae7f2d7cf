import type { Times } from './timed';

/** What one way reached. */
export interface WayReport {
  /** Hits on the address that may be reached. */
  control: number;
  /** Hits on others, by target. */
  inner: Record<string, number>;
}

/** How a robot ended that was sent to one address. */
export interface Outcome {
  engine: 'browser' | 'http';
  form: string;
  url: string;
  /** Null: it read a page. */
  code: string | null;
  message: string;
}

/** What came of the whole matrix, with the guard or without. */
export interface SideReport {
  ways: Record<string, WayReport>;
  /** Forms that reached a canary by any way. */
  reached: string[];
  /** All that came to inner addresses: connections, requests, datagrams. */
  innerHits: number;
  outcomes: Outcome[];
  /** Names that were resolved past the guard. */
  resolved: string[];
  ms: Times;
}

export interface CaseReport {
  code: string | null;
  message: string;
  innerHits: number;
  controlHits: number;
}

/** What is found out without the guard. */
export interface OpenReport {
  open: SideReport;
  forms: { id: string; target: string; isReachable: boolean }[];
}

/** What is found out with it. */
export interface GuardedReport {
  guarded: SideReport;
  /** What robots got where RUNNEL_ALLOW_HOSTS, a proxy or a key's domains say more. */
  cases: Record<string, CaseReport>;
  /** How robots ended that were sent to what is no page of the web. */
  schemes: Outcome[];
  /** How long the last two took. */
  ms: Times;
}

export interface LabReport extends OpenReport, GuardedReport {
  isOwnNetwork: boolean;
}
