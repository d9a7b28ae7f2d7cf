import type { SealedSecret } from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { secretSchema } from './entities/secret';
import { columnsOf, rowsOf } from './sql';

/** A secret without what it says. */
export type SecretView = Omit<SealedSecret, 'sealed'>;

type SecretKey = Pick<SealedSecret, 'spaceId' | 'name'>;
type Resealed = Pick<SealedSecret, 'keyId' | 'sealed'>;

const viewColumns = `s.space_id AS "spaceId", s.name, s.key_id AS "keyId", s.created_at AS "createdAt",
  s.updated_at AS "updatedAt"`;

/** The sealed secrets of spaces. */
export class SecretStore {
  constructor(private readonly manager: EntityManager) {}

  /** Those of these names that there are. */
  async find(spaceId: string, names: string[]): Promise<SealedSecret[]> {
    return rowsOf<SealedSecret>(
      this.manager,
      `SELECT ${columnsOf(secretSchema, 's')} FROM secrets s WHERE s.space_id = $1 AND s.name = ANY ($2)`,
      [spaceId, names],
    );
  }

  /** By name. */
  async list(spaceId: string): Promise<SecretView[]> {
    const statement = `SELECT ${viewColumns} FROM secrets s WHERE s.space_id = $1 ORDER BY s.name`;
    return rowsOf<SecretView>(this.manager, statement, [spaceId]);
  }

  /**
   * Sets a secret, or another value of it; `isNew` tells which. Null when the space has `most` others already. In a
   * transaction: until it ends, no other secret of the space is set.
   */
  async set(
    secret: Omit<SealedSecret, 'createdAt' | 'updatedAt'>,
    most: number,
  ): Promise<(SecretView & { isNew: boolean }) | null> {
    const { spaceId, name, keyId, sealed } = secret;
    await rowsOf(this.manager, `SELECT 1 FROM spaces WHERE id = $1 FOR NO KEY UPDATE`, [spaceId]);
    const [set] = await rowsOf<SecretView & { isNew: boolean }>(
      this.manager,
      `INSERT INTO secrets AS s (space_id, name, key_id, sealed)
       SELECT $1, $2, $3, $4
       WHERE (SELECT count(*) FROM secrets o WHERE o.space_id = $1 AND o.name <> $2) < $5
       ON CONFLICT (space_id, name) DO UPDATE SET key_id = $3, sealed = $4, updated_at = now()
       RETURNING ${viewColumns}, s.xmax = 0 AS "isNew"`,
      [spaceId, name, keyId, sealed, most],
    );
    return set ?? null;
  }

  /** False when there is no such secret. */
  async delete({ spaceId, name }: SecretKey): Promise<boolean> {
    const { affected } = await this.manager.delete(secretSchema, { spaceId, name });
    return (affected ?? 0) > 0;
  }

  /** Some that another key sealed, behind `after`, in a fixed order. */
  async sealedByOthers(keyId: string, after: SecretKey | null, limit: number): Promise<SealedSecret[]> {
    return rowsOf<SealedSecret>(
      this.manager,
      `SELECT ${columnsOf(secretSchema, 's')} FROM secrets s
       WHERE s.key_id <> $1 AND ($2::uuid IS NULL OR (s.space_id, s.name) > ($2::uuid, $3::text))
       ORDER BY s.space_id, s.name LIMIT $4`,
      [keyId, after?.spaceId ?? null, after?.name ?? null, limit],
    );
  }

  /** The same secret, sealed anew. False when it was set or deleted since. */
  async reseal(was: SealedSecret, { keyId, sealed }: Resealed): Promise<boolean> {
    const done = await rowsOf(
      this.manager,
      `UPDATE secrets SET key_id = $4, sealed = $5 WHERE space_id = $1 AND name = $2 AND sealed = $3 RETURNING name`,
      [was.spaceId, was.name, was.sealed, keyId, sealed],
    );
    return done.length > 0;
  }
}
