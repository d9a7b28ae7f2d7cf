import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { databaseName, databaseUser, heldExitCode, readyLine, type KeeperOrder } from './keeper-protocol';
import { unprivileged } from './unprivileged';

export interface EmbeddedDatabase {
  url: string;
  /** Ends the database if nobody else uses it. */
  close(): Promise<void>;
}

/** What the data folder remembers of its database, for the next process that wants it. */
interface Remembered {
  port: number;
  password: string;
  /** Null until the keeper has said that clients may connect. */
  keeperPid: number | null;
}

/** One whose clients may connect. */
interface Running extends Remembered {
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
  const until = Date.now() + startMs;
  while (Date.now() < until) {
    const known = await remembered(dataDir);
    if (isComplete(known) && isAlive(known.keeperPid) && (await answers(known.port))) return attached(known);
    const started = await startKeeper(dataDir, { durable, password: known?.password ?? newPassword() });
    if (started) return owned(started);
    await sleep(200);
  }
  throw new Error(`The embedded Postgres in ${dataDir} did not start; its log is ${logFileOf(dataDir)}`);
}

function isComplete(known: Remembered | null): known is Running {
  return known !== null && known.keeperPid !== null;
}

function attached(running: Running): EmbeddedDatabase {
  return { url: urlOf(running), close: () => Promise.resolve(void ask(running.keeperPid)) };
}

function owned(running: Running): EmbeddedDatabase {
  return {
    url: urlOf(running),
    close: async () => {
      const until = Date.now() + stopMs;
      while (ask(running.keeperPid) && Date.now() < until) await sleep(50);
    },
  };
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

/** Null: another process was quicker. */
async function startKeeper(
  dataDir: string,
  { durable, password }: { durable: boolean; password: string },
): Promise<Running | null> {
  const order: KeeperOrder = {
    folder: join(dataDir, 'postgres', 'cluster'),
    logFile: logFileOf(dataDir),
    port: await freePort(),
    password,
    durable,
  };
  // Before the cluster is made with it: who is stopped in between must find it again.
  await remember(dataDir, { port: order.port, password, keeperPid: null });
  const keeper = await spawnKeeper(dataDir, order);
  const isReady = await ready(keeper, order);
  if (!isReady || keeper.pid === undefined) return null;
  keeper.stdout?.destroy();
  keeper.stderr?.destroy();
  keeper.unref();
  const state = { port: order.port, password, keeperPid: keeper.pid };
  await remember(dataDir, state);
  return state;
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

async function remembered(dataDir: string): Promise<Remembered | null> {
  const text = await readFile(stateFileOf(dataDir), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as Remembered);
}

/** Whole or not at all: half a file would hide the password for good. */
async function remember(dataDir: string, state: Remembered): Promise<void> {
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

function urlOf({ port, password }: Remembered): string {
  return `postgres://${databaseUser}:${password}@127.0.0.1:${port}/${databaseName}`;
}

function stateFileOf(dataDir: string): string {
  return join(dataDir, 'postgres.json');
}

function logFileOf(dataDir: string): string {
  return join(dataDir, 'postgres', 'postgres.log');
}

function newPassword(): string {
  return randomBytes(18).toString('hex');
}
