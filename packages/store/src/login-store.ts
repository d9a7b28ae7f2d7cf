import type { SealedLogin } from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { loginSchema } from './entities/secret';
import { columnsOf, rowsOf } from './sql';

/** What names a robot's login. */
export type LoginKey = Pick<SealedLogin, 'spaceId' | 'robotId' | 'name'>;

/** A login without what it says. */
export type LoginView = Pick<SealedLogin, 'name' | 'savedAt'>;

/** Logins that a robot may keep: their names come from its versions. */
export const mostLogins = 100;

/** The cookies and storage that robots keep between runs. */
export class LoginStore {
  constructor(private readonly manager: EntityManager) {}

  async find({ spaceId, robotId, name }: LoginKey): Promise<SealedLogin | null> {
    const statement = `SELECT ${columnsOf(loginSchema, 'l')} FROM logins l
      WHERE l.space_id = $1 AND l.robot_id = $2 AND l.name = $3`;
    return (await rowsOf<SealedLogin>(this.manager, statement, [spaceId, robotId, name]))[0] ?? null;
  }

  /** Keeps it in the place of the one before. False when the robot is gone, or keeps as many as it may. */
  async save(login: Omit<SealedLogin, 'savedAt'>): Promise<boolean> {
    const { spaceId, robotId, name, keyId, sealed } = login;
    const saved = await rowsOf(
      this.manager,
      // To the millisecond, as far as dates here can tell: who drops it says which one he means.
      `INSERT INTO logins AS l (space_id, robot_id, name, key_id, sealed, saved_at)
       SELECT r.space_id, r.id, $3, $4, $5, date_trunc('milliseconds', clock_timestamp()) FROM robots r
       WHERE r.space_id = $1 AND r.id = $2
         AND (SELECT count(*) FROM logins WHERE robot_id = $2 AND name <> $3) < ${mostLogins}
       ON CONFLICT (robot_id, name) DO UPDATE
         SET key_id = excluded.key_id, sealed = excluded.sealed, saved_at = excluded.saved_at
       RETURNING l.name`,
      [spaceId, robotId, name, keyId, sealed],
    );
    return saved.length > 0;
  }

  /** `savedAt`: only the one that was saved then. False when there is no such login. */
  async drop({ spaceId, robotId, name }: LoginKey, savedAt: Date | null): Promise<boolean> {
    const dropped = await rowsOf(
      this.manager,
      `DELETE FROM logins WHERE space_id = $1 AND robot_id = $2 AND name = $3
         AND ($4::timestamptz IS NULL OR saved_at = $4) RETURNING name`,
      [spaceId, robotId, name, savedAt],
    );
    return dropped.length > 0;
  }

  /** By name. */
  async list(spaceId: string, robotId: string): Promise<LoginView[]> {
    const statement = `SELECT name, saved_at AS "savedAt" FROM logins WHERE space_id = $1 AND robot_id = $2 ORDER BY name`;
    return rowsOf<LoginView>(this.manager, statement, [spaceId, robotId]);
  }

  /** Some that another key sealed, behind `after`, in a fixed order. */
  async sealedByOthers(
    keyId: string,
    after: Pick<LoginKey, 'robotId' | 'name'> | null,
    limit: number,
  ): Promise<SealedLogin[]> {
    return rowsOf<SealedLogin>(
      this.manager,
      `SELECT ${columnsOf(loginSchema, 'l')} FROM logins l
       WHERE l.key_id <> $1 AND ($2::uuid IS NULL OR (l.robot_id, l.name) > ($2::uuid, $3::text))
       ORDER BY l.robot_id, l.name LIMIT $4`,
      [keyId, after?.robotId ?? null, after?.name ?? null, limit],
    );
  }

  /** The same login, sealed anew. False when it was saved or dropped since. */
  async reseal(was: SealedLogin, { keyId, sealed }: Pick<SealedLogin, 'keyId' | 'sealed'>): Promise<boolean> {
    const done = await rowsOf(
      this.manager,
      `UPDATE logins SET key_id = $4, sealed = $5 WHERE robot_id = $1 AND name = $2 AND sealed = $3 RETURNING name`,
      [was.robotId, was.name, was.sealed, keyId, sealed],
    );
    return done.length > 0;
  }
}
