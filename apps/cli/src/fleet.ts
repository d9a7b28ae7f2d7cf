import { fork, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

export type AppName = 'api' | 'scheduler' | 'worker';

const programs: Record<AppName, string> = {
  api: require.resolve('@runnel/api/main'),
  scheduler: require.resolve('@runnel/scheduler/main'),
  worker: require.resolve('@runnel/worker/main'),
};

/** A process that ends sooner than this will not do better when it is started again. */
const soonMs = 5_000;
const restartMs = 1_000;

/** API, scheduler and worker as processes of their own, the same as in a fleet. They end when this one does. */
export class Fleet {
  readonly #running = new Map<AppName, ChildProcess>();
  #stopping = false;
  #fail: (error: Error) => void = () => undefined;
  /** Rejects when an app cannot run. */
  readonly failed = new Promise<never>((_, reject) => (this.#fail = reject));

  constructor(private readonly environment: NodeJS.ProcessEnv) {
    this.failed.catch(() => null);
  }

  /** Starts all three. Resolves with the API's port when it listens. */
  async start(): Promise<number> {
    const port = this.#startApp('api');
    this.#startApp('scheduler').catch(() => null);
    this.#startApp('worker').catch(() => null);
    return Promise.race([port, this.failed]);
  }

  /** Asks all to stop, and waits until they have. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const ended = [...this.#running.values()].map(
      (child) => new Promise((resolve) => child.once('exit', resolve)),
    );
    for (const child of this.#running.values()) if (child.connected) child.disconnect();
    await Promise.all(ended);
  }

  #startApp(app: AppName): Promise<number> {
    const startedAt = Date.now();
    const child = fork(programs[app], {
      env: this.environment,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#running.set(app, child);
    let reason: string | null = null;
    child.once('exit', (code, signal) => {
      this.#running.delete(app);
      const livedMs = Date.now() - startedAt;
      if (!this.#stopping) void this.#ended(app, livedMs, reason ?? `it ended with ${code ?? signal}`);
    });
    return new Promise((resolve) =>
      child.on('message', (message: { port?: number; failed?: string }) => {
        reason = message.failed ?? null;
        if (message.port !== undefined) resolve(message.port);
      }),
    );
  }

  async #ended(app: AppName, livedMs: number, reason: string): Promise<void> {
    if (livedMs < soonMs) return this.#fail(new Error(`The ${app} cannot run: ${reason}`));
    process.stderr.write(`The ${app} stopped: ${reason}. Starting it again\n`);
    await sleep(restartMs);
    if (!this.#stopping) this.#startApp(app).catch(() => null);
  }
}
