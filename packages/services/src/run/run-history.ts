import { isRunEnded } from '@runnel/contracts';
import { EventStore, type DataSource, type EventPage, type RunKey, type RunSignals } from '@runnel/store';
import { lookUntil } from './look-until';
import { SharedReads } from './shared-reads';

/** Which events of a run somebody wants: those after number `after`. */
export interface WantedEvents {
  key: RunKey;
  after: number;
  limit: number;
}

/** The events of runs: however many ask for the same at a time, they are read once. */
export class RunHistory {
  readonly #reads: SharedReads<WantedEvents, EventPage | null>;

  constructor(
    dataSource: DataSource,
    private readonly signals: RunSignals,
  ) {
    const store = new EventStore(dataSource.manager);
    this.#reads = new SharedReads(
      ({ key: { spaceId, robotId, runId }, after, limit }) =>
        [spaceId, robotId ?? '-', runId, after, limit].join(' '),
      ({ key, ...range }) => store.page(key, range),
    );
  }

  /** Null when there is no such run. It is shared: nobody changes it. */
  read(wanted: WantedEvents): Promise<EventPage | null> {
    return this.#reads.read(wanted);
  }

  /** The same as soon as there is an event, or there will be none, or the time is over, or `signal` ends. */
  wait(wanted: WantedEvents, during: { waitMs: number; signal: AbortSignal }): Promise<EventPage | null> {
    const { key, after } = wanted;
    return lookUntil(
      this.signals,
      { ...during, runId: key.runId, after },
      {
        look: () => this.read(wanted),
        isAnswer: (page) => !page || page.events.length > 0 || isRunEnded(page.status),
      },
    );
  }
}
