import type { EntityManager } from 'typeorm';
import { rowsOf } from './sql';

/** How often a name was counted, and how long that still holds. */
export interface RateCount {
  name: string;
  hits: number;
  leftMs: number;
}

/** At most this many old counts are removed at a time. */
const removedAtOnce = 10_000;

/** Counts of requests that all processes of the API share. The server's clock says when one is over. */
export class RateStore {
  constructor(private readonly manager: EntityManager) {}

  /** Adds hits to counts, and gives what each is now. A count that is over begins anew. */
  async add(counts: readonly RateCount[]): Promise<RateCount[]> {
    return rowsOf<RateCount>(
      this.manager,
      // In the order of their names: two processes that add to the same ones never wait for each other in a circle.
      `INSERT INTO rate_counts AS c (name, hits, until)
       SELECT name, hits, now() + left_ms * interval '1 ms'
       FROM unnest($1::text[], $2::int[], $3::int[]) AS given (name, hits, left_ms) ORDER BY name
       ON CONFLICT (name) DO UPDATE SET
         hits = CASE WHEN c.until > now() THEN c.hits + excluded.hits ELSE excluded.hits END,
         until = CASE WHEN c.until > now() THEN c.until ELSE excluded.until END
       RETURNING c.name, c.hits, ceil(extract(epoch FROM c.until - now()) * 1000)::int AS "leftMs"`,
      [counts.map(({ name }) => name), counts.map(({ hits }) => hits), counts.map(({ leftMs }) => leftMs)],
    );
  }

  /** Removes counts that are over. True: there may be more of them. */
  async removeOld(): Promise<boolean> {
    const removed = await rowsOf(
      this.manager,
      `DELETE FROM rate_counts WHERE name IN (
         SELECT name FROM rate_counts WHERE until <= now() ORDER BY until LIMIT ${removedAtOnce}
         FOR UPDATE SKIP LOCKED) RETURNING 1`,
      [],
    );
    return removed.length === removedAtOnce;
  }
}
