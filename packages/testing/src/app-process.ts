import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { testHosts } from './test-egress';

const root = join(__dirname, '..', '..', '..');

export interface AppProcess {
  pid: number;
  /** What the app told when it was ready: an API's port. */
  port: number;
  /** Everything that it logged. */
  log: string[];
  /** Resolves when a line of the log, past or to come, matches. */
  logged(pattern: RegExp): Promise<void>;
  /** Sends a signal and waits for the end; gives the exit code or the signal. */
  kill(signal: NodeJS.Signals): Promise<number | string>;
  /** Resolves with the same when it has ended, whoever did it. */
  ended: Promise<number | string>;
}

/** What an app of a test has unless it is told otherwise: it may reach the sites of tests, and be asked as often as they ask. */
const environmentOfApps = {
  ...{ LOG_LEVEL: 'debug', PORT: '0' },
  ...{ RUNNEL_ALLOW_HOSTS: testHosts, RUNNEL_RATE_LIMIT: '0' },
};

/** Starts one of the apps as a process of its own, built, as in a fleet. Resolves when it is ready. */
export async function startApp(
  app: 'api' | 'worker' | 'scheduler',
  environment: Record<string, string | null>,
): Promise<AppProcess> {
  const given = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== null);
  const child = spawn(process.execPath, [join(root, 'apps', app, 'dist', 'main.js')], {
    env: { ...environmentOfApps, PATH: process.env['PATH'], ...Object.fromEntries(given) },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const log: string[] = [];
  const watchers = new Set<() => void>();
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      log.push(line);
      for (const look of [...watchers]) look();
    });
  }
  const logged = async (pattern: RegExp): Promise<void> => {
    while (!log.some((line) => pattern.test(line))) {
      if (child.exitCode !== null)
        throw new Error(`the ${app} ended before it logged ${pattern}:\n${log.join('\n')}`);
      await Promise.race([new Promise<void>((resolve) => watchers.add(resolve)), once(child, 'exit')]);
    }
  };
  const ended = once(child, 'exit').then(() => child.exitCode ?? child.signalCode ?? 0);
  const [message] = (await Promise.race([once(child, 'message'), ended.then(() => [null])])) as [
    { port?: number; failed?: string } | null,
  ];
  if (!message || message.failed !== undefined)
    throw new Error(`the ${app} ended before it was ready: ${message?.failed ?? ''}\n${log.join('\n')}`);
  const { port = 0 } = message;
  return { pid: child.pid ?? 0, port, log, logged, kill: (signal) => end(child, signal), ended };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | string> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
  return child.exitCode ?? child.signalCode ?? 0;
}
