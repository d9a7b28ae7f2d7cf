import type { Logger } from '@runnel/runtime';
import type { Dispatcher, RunHistory, RunIntake, RunnableRobots, RunViews } from '@runnel/services';
import type { DataSource, RunSignals } from '@runnel/store';
import type { StreamTiming } from './client-stream';

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
  /** Ends when the API stops: whoever waits for a run is then answered with the run as it stands. */
  stopping: AbortSignal;
}
