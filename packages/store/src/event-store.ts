import type { Event, RunStatus } from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { eventSchema } from './entities/run';
import { isKeyed, valuesOf, type RunKey } from './run-key';
import { columnsOf, rowsOf } from './sql';

/** Events of a run, and the run as it was at that moment. */
export interface EventPage {
  /** The number of the run's newest event. */
  seq: number;
  status: RunStatus;
  /** Oldest first. */
  events: Event[];
}

/** A run's history. Events are written by the statements that they tell of; this reads them. */
export class EventStore {
  constructor(private readonly manager: EntityManager) {}

  /** At most `limit` events after number `after`. Null when there is no such run. */
  async page(key: RunKey, { after, limit }: { after: number; limit: number }): Promise<EventPage | null> {
    const found = await rowsOf<{ newest: number; status: RunStatus } & (Event | { event: null })>(
      this.manager,
      `SELECT r.seq AS newest, r.status, ${columnsOf(eventSchema, 'e')}
       FROM runs r LEFT JOIN LATERAL (
         SELECT * FROM events WHERE run_id = r.id AND seq > $4 ORDER BY seq LIMIT $5) e ON true
       WHERE ${isKeyed} ORDER BY e.seq`,
      [...valuesOf(key), after, limit],
    );
    const [first] = found;
    if (!first) return null;
    const { newest: seq, status } = first;
    // A run without such events is one row of nothing but itself.
    return { seq, status, events: found.filter((row) => row.event !== null) };
  }

  /** The events after number `after`, oldest first. */
  async list(runId: string, after = 0, limit = 1000): Promise<Event[]> {
    return this.manager
      .createQueryBuilder(eventSchema, 'event')
      .where('event.runId = :runId AND event.seq > :after', { runId, after })
      .orderBy('event.seq')
      .take(limit)
      .getMany();
  }
}
