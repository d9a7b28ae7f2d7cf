import type { Egress } from '@runnel/egress';
import type { Logger } from '@runnel/runtime';
import type { Dispatcher, RunHistory, RunIntake, RunnableRobots, RunViews, Vault } from '@runnel/services';
import type { DataSource, RunSignals } from '@runnel/store';
import type { StreamTiming } from './client-stream';
import type { RateLimits } from './rate/rate-limits';

/** What the API works with. */
export interface ApiDeps {
  dataSource: DataSource;
  intake: RunIntake;
  robots: RunnableRobots;
  dispatcher: Dispatcher;
  signals: RunSignals;
  views: RunViews;
  history: RunHistory;
  streamTiming: StreamTiming;
  logger: Logger;
  /** Base of the links that are handed out; null takes it from the request. */
  publicUrl: string | null;
  /** How often clients may ask. */
  limits: RateLimits;
  /** How many reverse proxies stand before the API: a client's address is what the outermost of them saw. */
  trustProxy: number;
  /** Origins whose pages may call the API. */
  corsOrigins: string[];
  /** What proxies are tested through. */
  egress: Egress;
  /** Null: nothing is set that secrets could be sealed with. */
  vault: Vault | null;
  /** Ends when the API stops: whoever waits for a run is then answered with the run as it stands. */
  stopping: AbortSignal;
}
