import { createSpace } from '@runnel/services';
import { openDataSource } from '@runnel/store';
import { hangs, page, serveSite, TestClient, type Answer, type Site } from '@runnel/testing';
import { key, TestFleet, type Body } from '../test-fleet';

/** A robot under each of its names. */
export interface KnownRobot {
  id: string;
  name: string;
  handle: string;
}

/** A space under each of its names. */
export interface KnownSpace {
  id: string;
  token: string;
  agentId: string;
}

/** What a client sends. */
export interface Ask {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  body?: unknown;
}

/** Somebody with a key who shows it as a dialect's clients do. */
export class Visitor {
  constructor(
    readonly url: string,
    readonly headers: Record<string, string>,
  ) {}

  get(path: string): Promise<Answer<Body>> {
    return this.ask({ method: 'GET', path });
  }

  post(path: string, body?: unknown): Promise<Answer<Body>> {
    return this.ask({ method: 'POST', path, body: body ?? {} });
  }

  ask({ method, path, body }: Ask): Promise<Answer<Body>> {
    return this.send(method, path, body === undefined ? undefined : JSON.stringify(body));
  }

  /** A body as it is. */
  send(method: string, path: string, body?: string): Promise<Answer<Body>> {
    const { url, headers } = this;
    return new TestClient(url, null).send(method, path, { headers, ...(body !== undefined && { body }) });
  }
}

/** What the stories of all dialects are played in: a service of real processes, two spaces, and a small site. */
export class DialectWorld {
  private constructor(
    readonly fleet: TestFleet,
    readonly site: Site,
    readonly spaces: { own: KnownSpace; other: KnownSpace; otherKey: string },
  ) {}

  static async start(): Promise<DialectWorld> {
    const fleet = await TestFleet.start('postgres');
    const listing = [1, 2, 3].map((n) => `<li><h2>Item ${n}</h2></li>`).join('');
    const site = await serveSite({ '/': page(`<h1>Home</h1><ul>${listing}</ul>`), '/hangs': hangs });
    const otherKey = await anotherSpace(fleet.databaseUrl);
    const { url } = fleet.client;
    const [own, other] = await Promise.all([spaceOf(url, key), spaceOf(url, otherKey)]);
    return new DialectWorld(fleet, site, { own, other, otherKey });
  }

  get url(): string {
    return this.fleet.client.url;
  }

  /** A robot with a title of its own that does these steps in a browser. */
  async aRobot(name: string, steps: object[], usedKey = key): Promise<KnownRobot> {
    const client = new TestClient(this.url, usedKey);
    const definition = { title: name, engine: 'browser', steps };
    const { body } = await client.post<Body>('/api/robots', { name, definition });
    return this.known(body['robot'], usedKey);
  }

  /** The names of a robot that was made in any dialect. */
  async known({ id, name }: { id: string; name: string }, usedKey = key): Promise<KnownRobot> {
    const client = new TestClient(this.url, usedKey);
    const agents = '/api/v2/platform/agents/?page_size=500';
    const { body } = await client.get<Body>(agents, { 'org-handle': 'runnel' });
    const agent = (body['data'] as Body[]).find((each) => each['name'] === name);
    return { id, name, handle: agent?.['handle'] };
  }

  /** Opens a page of the site and reads the rows of its list. */
  readsThe(path: string): object[] {
    return [
      { type: 'navigate', url: `${this.site.url}${path}`, timeout: 60_000 },
      { type: 'extractList', name: 'items', item: 'li', fields: { title: 'h2' } },
    ];
  }

  /** Every dialect tells of a run in its own words; Maxun's are those that the fleet waits by. */
  ended(robotId: string, runId: string): Promise<Body> {
    return this.fleet.ended(robotId, runId);
  }

  async close(): Promise<void> {
    await this.fleet.close();
    await this.site.close();
  }
}

export const rowsOfThePage = [{ title: 'Item 1' }, { title: 'Item 2' }, { title: 'Item 3' }];

async function anotherSpace(databaseUrl: string): Promise<string> {
  const dataSource = await openDataSource({ url: databaseUrl, poolSize: 1, application: 'test' });
  try {
    return (await createSpace(dataSource, 'another')).key;
  } finally {
    await dataSource.destroy();
  }
}

async function spaceOf(url: string, usedKey: string): Promise<KnownSpace> {
  const { body } = await new TestClient(url, usedKey).get<Body>('/api/spaces');
  return body['spaces'].items[0];
}
