import type { JobProducer } from '@runnel/queue';
import type { Logger } from '@runnel/runtime';
import type { DataSource, RunSignals } from '@runnel/store';

/** What the API works with. */
export interface ApiDeps {
  dataSource: DataSource;
  producer: JobProducer;
  signals: RunSignals;
  logger: Logger;
  /** Base of the links that are handed out; null takes it from the request. */
  publicUrl: string | null;
  /** Ends when the API stops: whoever waits for a run is then answered with the run as it stands. */
  stopping: AbortSignal;
}
