import type { Space } from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { newId } from './new-id';
import { spaceSchema } from './entities/space';
import { columnsOf, rowsOf } from './sql';

/** What a space may have, and what is kept of it. */
export type SpaceLimits = Pick<Space, 'maxQueued' | 'maxRunning' | 'keepDays' | 'keepRuns'>;

/** A space with its tasks that wait and that run, and with its runs. */
export interface SpaceUsage extends Space {
  queued: number;
  running: number;
  runs: number;
}

/** Spaces, and the keys that open them. */
export class SpaceStore {
  constructor(private readonly manager: EntityManager) {}

  async create(name: string): Promise<string> {
    const id = newId();
    await this.manager.insert(spaceSchema, { id, name });
    return id;
  }

  /** The oldest space, or null before the first start. */
  async first(): Promise<Space | null> {
    const [space] = await this.manager.find(spaceSchema, { order: { createdAt: 'ASC', id: 'ASC' }, take: 1 });
    return space ?? null;
  }

  async find(id: string): Promise<Space | null> {
    return this.manager.findOneBy(spaceSchema, { id });
  }

  /** What signs the tokens that the space's clients are given to bring back; null when there is no such space. */
  async signingKey(id: string): Promise<Buffer | null> {
    const statement = `SELECT signing_key AS key FROM spaces WHERE id = $1`;
    return (await rowsOf<{ key: Buffer }>(this.manager, statement, [id]))[0]?.key ?? null;
  }

  /** The oldest first. */
  async list(): Promise<SpaceUsage[]> {
    return rowsOf<SpaceUsage>(
      this.manager,
      `SELECT ${columnsOf(spaceSchema, 's')}, coalesce(task.queued, 0) AS queued, coalesce(task.running, 0) AS running,
         coalesce(run.count, 0) AS runs
       FROM spaces s
       LEFT JOIN (SELECT space_id, (count(*) FILTER (WHERE status = 'queued'))::int AS queued,
           (count(*) FILTER (WHERE status = 'running'))::int AS running
         FROM tasks WHERE status = 'queued' OR status = 'running' GROUP BY space_id) task ON task.space_id = s.id
       LEFT JOIN (SELECT space_id, count(*)::int AS count FROM runs WHERE removed_at IS NULL GROUP BY space_id) run
         ON run.space_id = s.id
       ORDER BY s.created_at, s.id`,
      [],
    );
  }

  /** The space with this id, or else those with this name. */
  async named(nameOrId: string): Promise<Space[]> {
    return rowsOf<Space>(
      this.manager,
      `WITH named AS (SELECT * FROM spaces WHERE id::text = lower($1) OR name = $1)
       SELECT ${columnsOf(spaceSchema, 'n')} FROM named n
       WHERE n.id::text = lower($1) OR NOT EXISTS (SELECT FROM named WHERE id::text = lower($1))
       ORDER BY n.created_at, n.id`,
      [nameOrId],
    );
  }

  async setLimits(id: string, limits: Partial<SpaceLimits>): Promise<void> {
    await this.manager.update(spaceSchema, { id }, limits);
  }
}
