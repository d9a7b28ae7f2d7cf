import { failure } from '@runnel/contracts';
import { createSpace } from '@runnel/services';
import { endTasks, TaskStore } from '@runnel/store';
import { aDocument, TestClient, type Answer } from '@runnel/testing';
import { asToken, readHex } from '../src/id-forms';
import { startTestApi, type Body, type TestApi } from './test-api';

const mount = '/api/v2/platform';

/** The API with two spaces, asked as Unpod's clients do. */
export class UnpodWorld {
  private constructor(
    readonly api: TestApi,
    readonly token: string,
    /** Of the other space. */
    readonly other: { token: string; client: TestClient },
  ) {}

  static async start(): Promise<UnpodWorld> {
    const api = await startTestApi();
    const [{ id }] = await api.dataSource.query('SELECT id FROM spaces');
    const space = await createSpace(api.dataSource, 'another');
    return new UnpodWorld(api, asToken(id), {
      token: asToken(space.id),
      client: new TestClient(api.url, space.key),
    });
  }

  /** Makes a robot that takes a city, and gives its handle. */
  async anAgent(name: string, parts: Body = {}): Promise<string> {
    const steps = [
      { type: 'navigate', url: 'http://127.0.0.1:9/{{city}}' },
      { type: 'extract', name: 'page', fields: { heading: 'h1' } },
    ];
    const definition = aDocument({ inputs: [{ name: 'city', required: true }], steps, ...parts });
    await this.api.client.post('/api/robots', { name, definition });
    const { body } = await this.get('/agents/');
    return body.data.find((agent: Body) => agent.name === name).handle;
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer<Body>> {
    return this.api.client.get(`${mount}${path}`, { 'org-handle': 'runnel', ...headers });
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer<Body>> {
    return this.api.client.post(`${mount}${path}`, body, headers);
  }

  /** Within the space. */
  in(path: string): Promise<Answer<Body>> {
    return this.get(`/spaces/${this.token}${path}`);
  }

  create(body: unknown, headers: Record<string, string> = {}): Promise<Answer<Body>> {
    return this.post(`/spaces/${this.token}/tasks/`, body, headers);
  }

  /** Does to a task what a worker does: so many rows, and the end. */
  async work(taskWord: string, rows: number, end: 'succeeded' | 'failed' | null): Promise<void> {
    const store = new TaskStore(this.api.beside.manager);
    const taskId = readHex(taskWord.slice(1))!;
    const task = await store.claim(taskId, 'the test', 60_000);
    const claim = { taskId, attempt: task!.attempt };
    const batch = Array.from({ length: rows }, (_, n) => ({
      list: 'A',
      ordinal: n,
      position: n,
      data: { n },
    }));
    if (rows > 0) await store.appendRows(claim, { rows: batch, rowCount: rows, lists: { A: rows } });
    const picture = { name: 'last page.png', contentType: 'image/png', bytes: Buffer.from('pixels') };
    await store.saveArtifact(claim, picture);
    const found = end === 'failed' ? failure('HTTP_STATUS', 'x answered with HTTP status 404') : null;
    if (end) await endTasks(this.api.beside, claim, { status: end, failure: found });
  }
}
