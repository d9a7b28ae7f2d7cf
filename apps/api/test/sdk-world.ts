import { failure, type RowData } from '@runnel/contracts';
import { createSpace } from '@runnel/services';
import { endTasks, TaskStore, type Claim } from '@runnel/store';
import { TestClient, until, type Answer } from '@runnel/testing';
import { startTestApi, type Body, type TestApi } from './test-api';

const mount = '/api/sdk';

/** What a worker does to the task of a run. */
export interface Work {
  lists?: Record<string, RowData[]>;
  pictures?: string[];
  end: 'succeeded' | 'failed' | 'aborted';
}

/** The API with two spaces, asked as clients of Maxun's SDK do. */
export class SdkWorld {
  private constructor(
    readonly api: TestApi,
    /** Of the other space. */
    readonly stranger: TestClient,
  ) {}

  static async start(): Promise<SdkWorld> {
    const api = await startTestApi();
    const { key } = await createSpace(api.dataSource, 'another');
    return new SdkWorld(api, new TestClient(api.url, key));
  }

  send(
    method: string,
    path: string,
    { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<Answer<Body>> {
    const sent = body === undefined ? { headers } : { body: JSON.stringify(body), headers };
    return this.api.client.send(method, `${mount}${path}`, sent);
  }

  get(path: string): Promise<Answer<Body>> {
    return this.send('GET', path);
  }

  post(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Answer<Body>> {
    return this.send('POST', path, { body, headers });
  }

  /** Asked for by the other space. */
  strange(method: string, path: string, body: unknown = {}): Promise<Answer<Body>> {
    const sent = method === 'GET' ? {} : { body: JSON.stringify(body) };
    return this.stranger.send(method, `${mount}${path}`, sent);
  }

  /** Makes a robot that reads a whole page, and gives its id. */
  async aScraper(name: string, formats: string[] = ['markdown']): Promise<string> {
    const meta = { name, robotType: 'scrape', url: 'https://shop.test/tea', formats };
    return (await this.post('/robots', { meta, workflow: [] })).body.data.id;
  }

  /** Executes a robot and does to its task what a worker does, while the client waits. */
  async executed(id: string, work: Work, body: unknown = {}): Promise<Answer<Body>> {
    const [before] = await this.#tasks(id);
    const answer = this.post(`/robots/${id}/execute`, body);
    const task = await until(async () => (await this.#tasks(id)).find((each) => each.id !== before?.id));
    await this.work(task.id, work);
    return answer;
  }

  async work(taskId: string, { lists = {}, pictures = [], end }: Work): Promise<void> {
    const store = new TaskStore(this.api.beside.manager);
    const task = await store.claim(taskId, 'the test', 60_000);
    const claim: Claim = { taskId, attempt: task!.attempt };
    const rows = Object.entries(lists).flatMap(([list, found]) =>
      found.map((data, ordinal) => ({ list, ordinal, data })),
    );
    const placed = rows.map((row, position) => ({ ...row, position }));
    const counts = Object.fromEntries(Object.entries(lists).map(([list, found]) => [list, found.length]));
    if (rows.length > 0)
      await store.appendRows(claim, { rows: placed, rowCount: rows.length, lists: counts });
    for (const name of pictures) {
      await store.saveArtifact(claim, { name, contentType: 'image/png', bytes: Buffer.from('pixels') });
    }
    const found = { failed: failure('HTTP_STATUS', 'x answered with HTTP status 404'), succeeded: null };
    const reason = end === 'aborted' ? failure('ABORTED', 'The run was aborted') : found[end];
    await endTasks(this.api.beside, claim, { status: end, failure: reason });
  }

  /** The newest first. */
  #tasks(robotId: string): Promise<{ id: string }[]> {
    const sql =
      'SELECT t.id FROM tasks t JOIN runs r ON r.id = t.run_id WHERE r.robot_id = $1 ORDER BY r.id DESC LIMIT 1';
    return this.api.beside.query(sql, [robotId]);
  }
}
