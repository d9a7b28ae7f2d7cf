import { readdir, rm } from 'node:fs/promises';
import {
  cloneDatabase,
  startApp,
  startTestQueue,
  temporaryFolder,
  TestClient,
  until,
  type AppProcess,
  type BackendName,
  type TestDatabase,
  type TestQueue,
} from '@runnel/testing';

export type Body = Record<string, any>;

export const key = 'rk_a-key-that-the-test-knows';

/** An API, a scheduler and any number of workers as processes, on a database and a queue of their own. */
export class TestFleet {
  client = new TestClient('', null);
  readonly #workers = new Set<AppProcess>();
  readonly #schedulers = new Set<AppProcess>();
  #api: AppProcess | null = null;

  private constructor(
    private readonly services: { database: TestDatabase; queue: TestQueue; temporary: string },
    private readonly environment: Record<string, string | null>,
  ) {}

  get databaseUrl(): string {
    return this.services.database.url;
  }

  get queue(): TestQueue {
    return this.services.queue;
  }

  static async start(backend: BackendName, more: Record<string, string> = {}): Promise<TestFleet> {
    const database = await cloneDatabase();
    const queue = await startTestQueue(backend, database.url);
    const temporary = await temporaryFolder('runnel-fleet-');
    const fleet = new TestFleet(
      { database, queue, temporary },
      {
        DATABASE_URL: database.url,
        REDIS_URL: queue.address.redisUrl,
        RUNNEL_API_KEY: key,
        RUNNEL_LEASE_MS: '1500',
        TMPDIR: temporary,
        PUPPETEER_EXECUTABLE_PATH: process.env['PUPPETEER_EXECUTABLE_PATH'] ?? null,
        ...more,
      },
    );
    await fleet.startApi();
    await fleet.startScheduler();
    return fleet;
  }

  /** The API that clients speak with from now on. */
  async startApi(more: Record<string, string> = {}): Promise<AppProcess> {
    const before = this.#api;
    this.#api = await startApp('api', { ...this.environment, ...more });
    this.client = new TestClient(`http://127.0.0.1:${this.#api.port}`, key);
    await before?.kill('SIGTERM');
    return this.#api;
  }

  async startScheduler(more: Record<string, string> = {}): Promise<AppProcess> {
    const scheduler = await startApp('scheduler', { ...this.environment, ...more });
    this.#schedulers.add(scheduler);
    return scheduler;
  }

  async stopSchedulers(): Promise<void> {
    await Promise.all([...this.#schedulers].map((scheduler) => scheduler.kill('SIGTERM')));
    this.#schedulers.clear();
  }

  async killApi(): Promise<void> {
    await this.#api?.kill('SIGKILL');
  }

  async startWorker(more: Record<string, string> = {}): Promise<AppProcess> {
    const worker = await startApp('worker', { ...this.environment, WORKER_CONCURRENCY: '2', ...more });
    this.#workers.add(worker);
    return worker;
  }

  /** Ends a worker; gives its exit code or the signal. */
  async stop(worker: AppProcess, signal: NodeJS.Signals): Promise<number | string> {
    this.#workers.delete(worker);
    return worker.kill(signal);
  }

  async stopWorkers(): Promise<void> {
    await Promise.all([...this.#workers].map((worker) => this.stop(worker, 'SIGTERM')));
  }

  async aRobot(steps: object[], options: object = {}, more: object = {}): Promise<string> {
    const definition = { steps, options, ...more };
    const { body } = await this.client.post<Body>('/api/robots', { name: 'Shop', definition });
    return body['robot'].id;
  }

  async run(robotId: string, body: object = {}): Promise<string> {
    return (await this.client.post<Body>(`/api/robots/${robotId}/runs`, body)).body['run'].runId;
  }

  async look(robotId: string, runId: string, query = ''): Promise<Body> {
    return (await this.client.get<Body>(`/api/robots/${robotId}/runs/${runId}${query}`)).body['run'];
  }

  /** The run when it has ended. */
  ended(robotId: string, runId: string): Promise<Body> {
    return until(async () => {
      const run = await this.look(robotId, runId, '?wait=10');
      return run['finishedAt'] !== null && run;
    });
  }

  async events(robotId: string, runId: string): Promise<Body[]> {
    const path = `/api/robots/${robotId}/runs/${runId}/events`;
    const { body } = await this.client.get<Body>(path, { accept: 'application/json' });
    return body['events'].items;
  }

  /** What workers left behind in their folder for temporary files. */
  async leftovers(): Promise<string[]> {
    return (await readdir(this.services.temporary)).filter((name) => name.includes('browser'));
  }

  async close(): Promise<void> {
    await this.stopWorkers();
    await Promise.all([this.#api?.kill('SIGTERM'), this.stopSchedulers()]);
    await this.queue.stop();
    await this.services.database.drop();
    await rm(this.services.temporary, { recursive: true, force: true });
  }
}
