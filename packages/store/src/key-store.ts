import type { ApiKey } from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { apiKeySchema } from './entities/space';
import { newId } from './new-id';
import { columnsOf, rowsOf } from './sql';

/** A key as it may be shown. */
export interface KeyView extends Omit<ApiKey, 'hash' | 'budgetDay' | 'budgetUsed'> {
  /** Tasks that it has started today (UTC); 0 where they are not counted. */
  usedToday: number;
}

/** What a key is made of. */
export type NewApiKey = Pick<
  ApiKey,
  'spaceId' | 'name' | 'prefix' | 'hash' | 'scopes' | 'robotId' | 'domains' | 'dailyTasks' | 'expiresAt'
>;

/** Where a key is. */
export interface KeyPlace {
  spaceId: string;
  id: string;
}

/** The day for which a key's tasks are counted now: it never goes back, whichever clock was read first. */
export const dayOf = (key: string): string =>
  `greatest(${key}.budget_day, (statement_timestamp() AT TIME ZONE 'UTC')::date)`;

/** Tasks that a key has started on that day. */
export const usedOf = (key: string): string =>
  `CASE WHEN ${key}.budget_day = ${dayOf(key)} THEN ${key}.budget_used ELSE 0 END`;

const viewColumns = `k.id, k.space_id AS "spaceId", k.name, k.prefix, k.scopes, k.robot_id AS "robotId", k.domains,
  k.daily_tasks AS "dailyTasks", ${usedOf('k')} AS "usedToday", k.expires_at AS "expiresAt",
  k.last_used_at AS "lastUsedAt", k.revoked_at AS "revokedAt", k.created_at AS "createdAt"`;

const isLiving = 'k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp())';

/** The keys that open spaces. What a key may never changes; only when it ends does. */
export class KeyStore {
  constructor(private readonly manager: EntityManager) {}

  /** Null when there is this key already. */
  async add(key: NewApiKey): Promise<KeyView | null> {
    const { spaceId, name, prefix, hash, scopes, robotId, domains, dailyTasks, expiresAt } = key;
    const [added] = await rowsOf<KeyView>(
      this.manager,
      `INSERT INTO api_keys AS k (id, space_id, name, prefix, hash, scopes, robot_id, domains, daily_tasks, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (hash) DO NOTHING RETURNING ${viewColumns}`,
      [newId(), spaceId, name, prefix, hash, scopes, robotId, domains, dailyTasks, expiresAt],
    );
    return added ?? null;
  }

  async hasKeys(spaceId: string): Promise<boolean> {
    return this.manager.exists(apiKeySchema, { where: { spaceId } });
  }

  /** The keys with these hashes, whether or not they open anything still. */
  async hashed(hashes: Buffer[]): Promise<ApiKey[]> {
    const statement = `SELECT ${columnsOf(apiKeySchema, 'k', { budgetDay: 'k.budget_day::text' })}
      FROM api_keys k WHERE k.hash = ANY($1::bytea[])`;
    return rowsOf<ApiKey>(this.manager, statement, [hashes]);
  }

  /** Notes that a key is used now, unless that was noted less than `everyMs` ago. */
  async noteUse(id: string, everyMs: number): Promise<void> {
    await rowsOf(
      this.manager,
      `UPDATE api_keys SET last_used_at = clock_timestamp() WHERE id = $1
         AND (last_used_at IS NULL OR last_used_at < clock_timestamp() - $2 * interval '1 ms')`,
      [id, everyMs],
    );
  }

  async find({ spaceId, id }: KeyPlace): Promise<KeyView | null> {
    const statement = `SELECT ${viewColumns} FROM api_keys k WHERE k.space_id = $1 AND k.id = $2`;
    return (await rowsOf<KeyView>(this.manager, statement, [spaceId, id]))[0] ?? null;
  }

  /** Newest first. `before`: only keys older than this one. */
  async list(
    spaceId: string,
    page: { limit: number; before: string | null },
  ): Promise<{ totalCount: number; items: KeyView[] }> {
    const items = await rowsOf<KeyView>(
      this.manager,
      `SELECT ${viewColumns} FROM api_keys k WHERE k.space_id = $1 AND ($2::uuid IS NULL OR k.id < $2)
       ORDER BY k.id DESC LIMIT $3`,
      [spaceId, page.before, page.limit],
    );
    const totalCount = await this.manager.count(apiKeySchema, { where: { spaceId } });
    return { totalCount, items };
  }

  /** True when the space has this robot, which then stays until the transaction ends. */
  async holdRobot(spaceId: string, robotId: string): Promise<boolean> {
    const statement = 'SELECT 1 FROM robots WHERE space_id = $1 AND id = $2 FOR KEY SHARE';
    return (await rowsOf(this.manager, statement, [spaceId, robotId])).length > 0;
  }

  /** The keys that open all of a space, locked: of two who withdraw one at once, the second sees what the first did. */
  async lockAdmins(spaceId: string): Promise<Pick<KeyView, 'id' | 'expiresAt'>[]> {
    const statement = `SELECT k.id, k.expires_at AS "expiresAt" FROM api_keys k
      WHERE k.space_id = $1 AND 'admin' = ANY(k.scopes) AND ${isLiving} ORDER BY k.id FOR UPDATE`;
    return rowsOf<Pick<KeyView, 'id' | 'expiresAt'>>(this.manager, statement, [spaceId]);
  }

  /** From now on it opens nothing. One that was revoked before stays as it is. Null: there is no such key. */
  async revoke({ spaceId, id }: KeyPlace): Promise<KeyView | null> {
    const [revoked] = await rowsOf<KeyView>(
      this.manager,
      `UPDATE api_keys k SET revoked_at = coalesce(k.revoked_at, clock_timestamp())
       WHERE k.space_id = $1 AND k.id = $2 RETURNING ${viewColumns}`,
      [spaceId, id],
    );
    return revoked ?? null;
  }

  /** The key, locked until the transaction ends, if it opens anything still. */
  async lockLiving({ spaceId, id }: KeyPlace): Promise<KeyView | null> {
    const statement = `SELECT ${viewColumns} FROM api_keys k
      WHERE k.space_id = $1 AND k.id = $2 AND ${isLiving} FOR UPDATE`;
    return (await rowsOf<KeyView>(this.manager, statement, [spaceId, id]))[0] ?? null;
  }

  /**
   * Lets a new key take the place of one that is locked: what that one has spent today is spent, its schedules are the
   * new one's, and it ends after some time, or earlier if it did anyway.
   */
  async succeed(
    oldId: string,
    { newId: id, overlapMs }: { newId: string; overlapMs: number },
  ): Promise<void> {
    await rowsOf(
      this.manager,
      `UPDATE api_keys n SET budget_day = o.budget_day, budget_used = o.budget_used
       FROM api_keys o WHERE o.id = $1 AND n.id = $2`,
      [oldId, id],
    );
    await rowsOf(
      this.manager,
      `UPDATE api_keys SET expires_at = least(expires_at, clock_timestamp() + $2 * interval '1 ms') WHERE id = $1`,
      [oldId, overlapMs],
    );
  }

  /** Lets schedules of one key go on as another's. In the order in which everybody locks them. */
  async moveSchedules({ spaceId, id: from }: KeyPlace, to: string): Promise<void> {
    await rowsOf(
      this.manager,
      `UPDATE schedules SET key_id = $3, revision = revision + 1 WHERE id = ANY(ARRAY(
         SELECT id FROM schedules WHERE space_id = $1 AND key_id = $2 ORDER BY id FOR UPDATE))`,
      [spaceId, from, to],
    );
  }
}
