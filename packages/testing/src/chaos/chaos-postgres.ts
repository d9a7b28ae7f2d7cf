import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEmbeddedDatabase, type EmbeddedDatabase } from '@runnel/embedded';
import { Pool } from 'pg';
import { isRunning } from './process-tree';

const triesOfQuery = 100;

/** A Postgres as durable as in production, that can be crashed. */
export class ChaosPostgres {
  #database: EmbeddedDatabase;
  #pool: Pool;

  private constructor(
    private readonly dataDir: string,
    database: EmbeddedDatabase,
  ) {
    this.#database = database;
    this.#pool = poolOf(database);
  }

  /** Whoever opens it closes it. */
  static async open(dataDir: string): Promise<ChaosPostgres> {
    return new ChaosPostgres(dataDir, await openEmbeddedDatabase({ dataDir }));
  }

  get url(): string {
    return this.#database.url;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Past all proxies, and again until the server is there. */
  async query<T>(statement: string, values: unknown[] = []): Promise<T[]> {
    for (let left = triesOfQuery; ; left -= 1) {
      try {
        return (await this.#pool.query(statement, values)).rows as T[];
      } catch (error) {
        if (left === 0) throw error;
        await sleep(100);
      }
    }
  }

  /** Ends it as a crash would, in the middle of everything. */
  async crash(): Promise<void> {
    const { keeperPid } = JSON.parse(await readFile(join(this.dataDir, 'postgres.json'), 'utf8')) as {
      keeperPid: number;
    };
    const file = join(this.dataDir, 'postgres', 'cluster', 'postmaster.pid');
    const postmaster = Number((await readFile(file, 'utf8')).split('\n')[0]);
    process.kill(postmaster, 'SIGQUIT');
    while (await isRunning(postmaster)) await sleep(20);
    process.kill(keeperPid, 'SIGKILL');
    while (await isRunning(keeperPid)) await sleep(20);
  }

  /** Starts it again, with what was committed, on another port. */
  async start(): Promise<void> {
    this.#database = await openEmbeddedDatabase({ dataDir: this.dataDir });
    const before = this.#pool;
    this.#pool = poolOf(this.#database);
    void before.end().catch(() => null);
  }

  async close(): Promise<void> {
    await this.#pool.end();
    await this.#database.close();
  }
}

/** The database stays while somebody is connected, so what is idle is kept. */
function poolOf({ url }: EmbeddedDatabase): Pool {
  const pool = new Pool({ connectionString: url, max: 4, idleTimeoutMillis: 0, application_name: 'chaos' });
  pool.on('error', () => null);
  return pool;
}
