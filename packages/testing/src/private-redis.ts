import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port';

/** A Redis of one's own. */
export interface PrivateRedis {
  url: string;
  /** Ends it as a crash would; what it held is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port, empty. */
  start(): Promise<void>;
}

/** How to start a Redis server here, or why there is none. */
export type RedisProgram = { command: string } | { missing: string };

/** Debian keeps the server's program in `redis-tools`, which, unlike `redis-server`, starts no service. */
const debianProgram = '/usr/bin/redis-check-rdb';

/** The one on PATH; for root on Debian one is installed. */
export function findRedis(): RedisProgram {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const onPath = folders.map((folder) => join(folder, 'redis-server')).find(existsSync);
  if (onPath !== undefined) return { command: onPath };
  if (existsSync(debianProgram)) return { command: debianProgram };
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    return { missing: 'redis-server is not on PATH, and only root on Debian can have it installed' };
  }
  try {
    const options = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const;
    execFileSync('apt-get', ['update', '-q'], options);
    execFileSync('apt-get', ['install', '-qy', '--no-install-recommends', 'redis-tools'], options);
    return { command: debianProgram };
  } catch (error) {
    return { missing: `redis-tools could not be installed: ${String(error)}` };
  }
}

/** Starts a Redis on a free port. It ends with this process, or by `kill`. */
export async function startPrivateRedis(command: string): Promise<PrivateRedis> {
  const port = await freePort();
  let child: ChildProcess | null = null;
  const kill = async (): Promise<void> => {
    const running = child;
    child = null;
    if (!running || running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await ended;
  };
  const start = async (): Promise<void> => {
    const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    child = spawn(command, [...settings, '--maxmemory-policy', 'noeviction'], {
      argv0: 'redis-server',
      stdio: 'ignore',
    });
    while (!(await answers(port))) await sleep(20);
  };
  await start();
  return { url: `redis://127.0.0.1:${port}`, kill, start };
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
