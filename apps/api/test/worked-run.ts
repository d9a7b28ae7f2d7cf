import { failure } from '@runnel/contracts';
import { endTasks, TaskStore, type Claim } from '@runnel/store';
import type { Body, TestApi } from './test-api';

/** A run that was started over HTTP, and on which the test works as a worker does. */
export class WorkedRun {
  #claim: Claim | null = null;

  private constructor(
    private readonly api: TestApi,
    readonly runId: string,
    readonly path: string,
  ) {}

  static async start(api: TestApi, robotId: string): Promise<WorkedRun> {
    const { run } = (await api.client.post<Body>(`/api/robots/${robotId}/runs`)).body;
    return new WorkedRun(api, run.runId, `/api/robots/${robotId}/runs/${run.runId}`);
  }

  get events(): string {
    return `${this.api.url}${this.path}/events`;
  }

  async claim(): Promise<void> {
    const [{ id }] = await this.api.beside.query('SELECT id FROM tasks WHERE run_id = $1', [this.runId]);
    const task = await this.#tasks.claim(id, 'the test', 60_000);
    this.#claim = { taskId: id, attempt: task!.attempt };
  }

  /** One more event. */
  async warn(message = 'a warning'): Promise<void> {
    await this.#tasks.log(this.#claim!, { kind: 'step.warning', step: 0, message });
  }

  async end(): Promise<void> {
    await endTasks(this.api.beside, this.#claim!, { status: 'succeeded', failure: null });
  }

  /** Everything that may happen to a run, so that each kind of event is written where it is written. */
  async everything(): Promise<void> {
    await this.claim();
    const tasks = this.#tasks;
    const back = { reason: 'to be tried again', delayMs: 0, attempt: 'spent' } as const;
    await tasks.requeue(this.#claim!, {
      ...back,
      failure: failure('HTTP_UNAVAILABLE', 'busy', { status: 503 }),
    });
    await this.claim();
    const claim = this.#claim!;
    await tasks.log(claim, { kind: 'engine.chosen', engine: 'browser', reason: 'why' });
    await this.warn('größer als\nerwartet');
    const rows = [{ list: 'rows', ordinal: 0, position: 0, data: { a: 1 } }];
    await tasks.appendRows(claim, { rows, rowCount: 1, lists: { rows: 1 } });
    await tasks.saveArtifact(claim, { name: 'a.png', contentType: 'image/png', bytes: Buffer.from('x') });
    await tasks.log(claim, { kind: 'engine.decided', engine: 'http', reason: 'the same' });
    await this.api.client.post(`${this.path}/abort`);
    await endTasks(this.api.beside, claim, { status: 'aborted', failure: failure('ABORTED', 'aborted') });
  }

  get #tasks(): TaskStore {
    return new TaskStore(this.api.beside.manager);
  }
}
