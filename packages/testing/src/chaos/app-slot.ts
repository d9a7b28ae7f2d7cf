import { setTimeout as sleep } from 'node:timers/promises';
import { startApp, type AppProcess } from '../app-process';
import { FaultProxy } from '../faults/fault-proxy';
import { PostgresReader } from '../faults/postgres-reader';
import { RedisReader } from '../faults/redis-reader';

export type AppName = 'api' | 'worker' | 'scheduler';

/** Where the servers are, past the proxies. */
export interface ServerUrls {
  postgres: string;
  redis: string | null;
}

export interface SlotPlace {
  app: AppName;
  number: number;
}

const restartMs = 200;

/** A place for one process of an app, which is started again whenever it ended, as an orchestrator does it. */
export class AppSlot {
  /** Null while none is ready. */
  process: AppProcess | null = null;
  /** A fault is at work here; another one has to go elsewhere. */
  isBusy = false;
  /** Whoever ends the process says so before. */
  isEndExpected = false;
  /** Ends that nobody asked for, each with the last lines of its log. */
  readonly surprises: string[] = [];
  /** Everything that was logged here. */
  readonly log: string[] = [];
  #isStopping = false;
  #supervised: Promise<void> | null = null;

  private constructor(
    private readonly place: SlotPlace,
    private readonly environment: Record<string, string | null>,
    /** Its own ways to the servers. */
    readonly proxies: { postgres: FaultProxy; redis: FaultProxy | null },
  ) {}

  static async open(
    place: SlotPlace,
    servers: ServerUrls,
    environment: Record<string, string | null>,
  ): Promise<AppSlot> {
    const postgres = await FaultProxy.open(portOf(servers.postgres), () => new PostgresReader());
    const redis =
      servers.redis === null ? null : await FaultProxy.open(portOf(servers.redis), () => new RedisReader());
    const through = {
      ...environment,
      DATABASE_URL: throughPort(servers.postgres, postgres.port),
      REDIS_URL: redis && servers.redis !== null ? throughPort(servers.redis, redis.port) : null,
    };
    return new AppSlot(place, through, { postgres, redis });
  }

  get app(): AppName {
    return this.place.app;
  }

  get name(): string {
    return `${this.place.app} ${this.place.number}`;
  }

  /** Starts the process, and again after each of its ends, until `stop`. */
  start(): void {
    this.#supervised ??= this.#supervise();
  }

  /** The process when it is ready, or null after a while. */
  async ready(patienceMs: number): Promise<AppProcess | null> {
    const until = Date.now() + patienceMs;
    while (!this.process && Date.now() < until) await sleep(20);
    return this.process;
  }

  /** A signal that ends the process. */
  async end(signal: NodeJS.Signals): Promise<void> {
    this.isEndExpected = true;
    await this.process?.kill(signal);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.process?.kill('SIGTERM');
    await this.#supervised;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.proxies.postgres.close();
    await this.proxies.redis?.close();
  }

  #mayEnd(): boolean {
    return this.isEndExpected || this.#isStopping;
  }

  async #supervise(): Promise<void> {
    while (!this.#isStopping) {
      // A start may fail while a server is away: the next one is due soon.
      const process = await startApp(this.app, this.environment).catch(() => null);
      if (process) await this.#attend(process);
      else await sleep(restartMs);
    }
  }

  async #attend(process: AppProcess): Promise<void> {
    this.isEndExpected = false;
    this.process = process;
    if (this.#isStopping) void process.kill('SIGTERM');
    const end = await process.ended;
    this.process = null;
    this.log.push(...process.log);
    if (!this.#mayEnd()) {
      this.surprises.push(`${this.name} ended by itself (${end}):\n${process.log.slice(-5).join('\n')}`);
    }
    await sleep(restartMs);
  }
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

function throughPort(url: string, port: number): string {
  const through = new URL(url);
  through.port = String(port);
  return through.href;
}
