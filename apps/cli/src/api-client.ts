import type { RowData } from '@runnel/contracts';

/** What the command line reads of a run. */
export interface Run {
  runId: string;
  robotId: string;
  status: string;
  finishedAt: string | null;
  seq: number;
  data: RowData[];
  lists: Record<string, { count: number }>;
  progress: { tasks: number; done: number; rows: number };
  screenshot: string | null;
  error: { code: string; message: string } | null;
}

/** The API as any client uses it: over HTTP. */
export class ApiClient {
  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  async createRobot(name: string, definition: object): Promise<string> {
    const { robot } = await this.#json<{ robot: { id: string } }>('/api/robots', { name, definition });
    return robot.id;
  }

  async startRun(robotId: string): Promise<Run> {
    const { run } = await this.#json<{ run: Run }>(`/api/robots/${robotId}/runs`, {});
    return run;
  }

  /** The run as soon as it is another than this one, or after a while. */
  async changedRun({ robotId, runId, seq }: Run): Promise<Run> {
    const path = `/api/robots/${robotId}/runs/${runId}?wait=10&after=${seq}`;
    const { run } = await this.#json<{ run: Run }>(path);
    return run;
  }

  async bytes(address: string): Promise<Buffer> {
    const response = await this.#fetch(address);
    return Buffer.from(await response.arrayBuffer());
  }

  async #json<T>(path: string, body?: object): Promise<T> {
    const response = await this.#fetch(`${this.url}${path}`, body);
    return (await response.json()) as T;
  }

  async #fetch(address: string, body?: object): Promise<Response> {
    const headers = { 'x-api-key': this.key, 'content-type': 'application/json' };
    const response = await fetch(
      address,
      body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers },
    );
    if (response.ok) return response;
    throw new Error(`${address} answered ${response.status}: ${await response.text()}`);
  }
}
