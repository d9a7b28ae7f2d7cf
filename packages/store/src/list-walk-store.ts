import type { EntityManager } from 'typeorm';
import { rowsOf } from './sql';

/**
 * Where the pages of a list begin, for clients that know only their numbers: what is added meanwhile shifts nothing for
 * who reads on. A walk is a hash of who reads what.
 */
export class ListWalkStore {
  constructor(private readonly manager: EntityManager) {}

  /** Behind what a page begins for who read the one before it a moment ago; else null. */
  async find(walk: Buffer, page: number): Promise<string | null> {
    const statement = `SELECT after FROM list_walks
      WHERE walk = $1 AND page = $2 AND at > now() - interval '5 minutes'`;
    return (await rowsOf<{ after: string }>(this.manager, statement, [walk, page]))[0]?.after ?? null;
  }

  async note(walk: Buffer, page: number, after: string): Promise<void> {
    await rowsOf(
      this.manager,
      `INSERT INTO list_walks (walk, page, after) VALUES ($1, $2, $3)
       ON CONFLICT (walk, page) DO UPDATE SET after = excluded.after, at = now()`,
      [walk, page, after],
    );
  }
}
