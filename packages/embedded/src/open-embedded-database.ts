import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, chown, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  databaseName,
  databaseUser,
  heldExitCode,
  readyLine,
  startedFile,
  type KeeperOrder,
} from './keeper-protocol';
import { unprivileged } from './unprivileged';

export interface EmbeddedDatabase {
  url: string;
  /** Ends the database if nobody else uses it. */
  close(): Promise<void>;
}

/** What the data folder remembers of its running database, for the next process that wants it. */
interface Running {
  port: number;
  keeperPid: number;
}

const startMs = 60_000;
const stopMs = 10_000;

/**
 * A real Postgres from npm under `dataDir`: the one that already runs there, or a new one on a free port.
 * @throws Error with Postgres's own words when it does not start.
 */
export async function openEmbeddedDatabase(options: {
  dataDir: string;
  durable?: boolean;
}): Promise<EmbeddedDatabase> {
  const { dataDir, durable = true } = options;
  await mkdir(dataDir, { recursive: true });
  const password = await passwordOf(dataDir);
  const until = Date.now() + startMs;
  while (Date.now() < until) {
    const known = await remembered(dataDir);
    const url = known && urlOf(known.port, password);
    if (url && isAlive(known.keeperPid) && (await answers(known.port))) {
      return { url, close: () => Promise.resolve(void ask(known.keeperPid)) };
    }
    const order = { ...orderFor(dataDir), port: await freePort(), password, durable };
    const keeperPid = await startKeeper(dataDir, order);
    if (keeperPid !== null) return { url: urlOf(order.port, password), close: () => stopped(keeperPid) };
    await sleep(200);
  }
  throw new Error(
    `The embedded Postgres in ${dataDir} did not start; its log is ${orderFor(dataDir).logFile}`,
  );
}

/** True when there is one under `dataDir`, whether or not it runs; nothing is made or started by the look. */
export async function hasEmbeddedDatabase(dataDir: string): Promise<boolean> {
  try {
    await access(startedFile(orderFor(dataDir).folder));
    return true;
  } catch (error) {
    // The cluster's folder is for the database's own user alone.
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}

/** Made once and kept, before any cluster is made with it: of several processes that make one, one is kept. */
async function passwordOf(dataDir: string): Promise<string> {
  const file = join(dataDir, 'postgres.key');
  const own = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(own, randomBytes(18).toString('hex'), { mode: 0o600 });
  await link(own, file).catch(() => null);
  await rm(own);
  return readFile(file, 'utf8');
}

/** Resolves when the keeper is gone, or has others to keep the database for. */
async function stopped(keeperPid: number): Promise<void> {
  const until = Date.now() + stopMs;
  while (ask(keeperPid) && Date.now() < until) await sleep(50);
}

/** Asks the keeper to look whether it is still needed; false when it is gone. */
function ask(keeperPid: number): boolean {
  try {
    process.kill(keeperPid, 'SIGUSR2');
    return true;
  } catch {
    return false;
  }
}

function orderFor(dataDir: string): Pick<KeeperOrder, 'folder' | 'logFile'> {
  const home = join(dataDir, 'postgres');
  return { folder: join(home, 'cluster'), logFile: join(home, 'postgres.log') };
}

/** The keeper's process, or null: another one was quicker. */
async function startKeeper(dataDir: string, order: KeeperOrder): Promise<number | null> {
  const keeper = await spawnKeeper(dataDir, order);
  const isReady = await ready(keeper, order);
  if (!isReady || keeper.pid === undefined) return null;
  keeper.stdout?.destroy();
  keeper.stderr?.destroy();
  keeper.unref();
  await remember(dataDir, { port: order.port, keeperPid: keeper.pid });
  return keeper.pid;
}

async function spawnKeeper(dataDir: string, order: KeeperOrder): Promise<ChildProcess> {
  const program = require.resolve('@runnel/embedded/keeper');
  const home = join(dataDir, 'postgres');
  await mkdir(home, { recursive: true });
  const launch = await unprivileged(process.execPath, [program], [process.execPath, program, home]);
  if (launch.user) await chown(home, launch.user.uid, launch.user.gid);
  const identity = launch.user && launch.command !== 'setpriv' ? launch.user : {};
  const keeper = spawn(launch.command, launch.args, {
    ...identity,
    cwd: home,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', TMPDIR: home, LANG: 'C.UTF-8' },
  });
  // Not as an argument: the password would stand in the process list.
  keeper.stdin.end(JSON.stringify(order));
  return keeper;
}

/** False when another keeper has the folder. */
async function ready(keeper: ChildProcess, order: KeeperOrder): Promise<boolean> {
  let words = '';
  keeper.stderr?.on('data', (chunk: Buffer) => (words += chunk.toString()));
  return new Promise((resolve, reject) => {
    keeper.once('error', reject);
    keeper.once('exit', (code) => {
      if (code === heldExitCode) return resolve(false);
      void lastLines(order.logFile).then((log) =>
        reject(
          new Error(
            `The embedded Postgres did not start: ${words.trim()}\n${log}(its log is ${order.logFile})`,
          ),
        ),
      );
    });
    if (keeper.stdout) {
      createInterface({ input: keeper.stdout }).on('line', (line) => line === readyLine && resolve(true));
    }
  });
}

async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-5)
    .map((line) => `  ${line}\n`)
    .join('');
}

async function remembered(dataDir: string): Promise<Running | null> {
  const text = await readFile(stateFileOf(dataDir), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as Running);
}

/** Whole or not at all: nobody reads half a file. */
async function remember(dataDir: string, state: Running): Promise<void> {
  const file = stateFileOf(dataDir);
  await writeFile(`${file}.${process.pid}`, JSON.stringify(state), { mode: 0o600 });
  await rename(`${file}.${process.pid}`, file);
}

async function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function urlOf(port: number, password: string): string {
  return `postgres://${databaseUser}:${password}@127.0.0.1:${port}/${databaseName}`;
}

function stateFileOf(dataDir: string): string {
  return join(dataDir, 'postgres.json');
}
