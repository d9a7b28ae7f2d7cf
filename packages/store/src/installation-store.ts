import type { DataSource } from 'typeorm';
import { isUpToDate } from './migrate';
import { rowsOf } from './sql';

/** What can be told of a database, and of who may do everything in it. */
export interface InstallationFacts {
  /** Of the server: 13, 14, … */
  majorVersion: number;
  isUpToDate: boolean;
  /** True: this connection is TLS. */
  isEncrypted: boolean;
  /** Keys that may do everything, for ever; null: the database is not up to date. */
  endlessAdmins: number | null;
  /** How many secrets and logins each of the installation's keys seals. */
  sealed: { keyId: string; count: number }[];
}

/** For who looks after an installation. */
export class InstallationStore {
  constructor(private readonly dataSource: DataSource) {}

  async facts(): Promise<InstallationFacts> {
    const { manager } = this.dataSource;
    const server = await rowsOf<{ version: number; ssl: boolean | null }>(
      manager,
      `SELECT current_setting('server_version_num')::int / 10000 AS version,
         (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()) AS ssl`,
      [],
    );
    const upToDate = await isUpToDate(this.dataSource);
    return {
      majorVersion: server[0]?.version ?? 0,
      isUpToDate: upToDate,
      isEncrypted: server[0]?.ssl === true,
      endlessAdmins: upToDate ? await this.#endlessAdmins() : null,
      sealed: upToDate ? await this.#sealed() : [],
    };
  }

  async #sealed(): Promise<InstallationFacts['sealed']> {
    const statement = `SELECT key_id AS "keyId", count(*)::int AS count
      FROM (SELECT key_id FROM secrets UNION ALL SELECT key_id FROM logins) s GROUP BY key_id ORDER BY key_id`;
    return rowsOf(this.dataSource.manager, statement, []);
  }

  async #endlessAdmins(): Promise<number> {
    const statement = `SELECT count(*)::int AS count FROM api_keys
      WHERE 'admin' = ANY (scopes) AND expires_at IS NULL AND revoked_at IS NULL`;
    return (await rowsOf<{ count: number }>(this.dataSource.manager, statement, []))[0]?.count ?? 0;
  }
}
