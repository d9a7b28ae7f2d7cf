import { createServer, request as startRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { createHash, randomBytes } from 'node:crypto';
import { connect, type AddressInfo } from 'node:net';
import { openDataSource, type DataSource } from '@runnel/store';
import {
  describeOnBothBackends,
  page,
  redisCommand,
  serveSite,
  until,
  type AppProcess,
  type Site,
} from '@runnel/testing';
import { key, TestFleet } from './test-fleet';

/** None looks like anything else in the system, so that what is found is a leak. */
const plant = (name: string): string => `pl4nted-${name}/+&"<${randomBytes(6).toString('hex')}`;
const typed = plant('typed');
const header = `pl4nted-header.${randomBytes(6).toString('hex')}`;
const proxy = `pl4nted-proxy.${randomBytes(6).toString('hex')}`;
const cookie = `pl4nted-cookie.${randomBytes(6).toString('hex')}`;
const stored = `pl4nted-stored.${randomBytes(6).toString('hex')}`;
const sealing = randomBytes(32).toString('base64');

/** What must be nowhere, in every form that a text takes on its way. */
const forms = new Map(
  Object.entries({ typed, header, proxy, cookie, stored, sealing, key }).flatMap(([name, value]) =>
    [
      ['raw', value],
      ['URL', encodeURIComponent(value)],
      ['form', new URLSearchParams({ a: value }).toString().slice(2)],
      ['HTML', value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')],
      ['JSON', JSON.stringify(value).slice(1, -1)],
      ['base64', Buffer.from(value).toString('base64').replace(/=+$/, '').slice(0, -1)],
      ['hex', Buffer.from(value).toString('hex')],
    ].map(([form, text]) => [`${name} as ${form}`, text!]),
  ),
);

function found(text: string): string[] {
  return [...forms].filter(([, form]) => text.includes(form)).map(([name]) => name);
}

/** A site that shows whoever comes all that it was sent: in its text, its code, its addresses, its errors and its console. */
function echoing(): Record<string, (request: IncomingMessage, response: ServerResponse) => void> {
  const form = page(
    `<form action="/echo" method="post"><input id="p" name="p"><button id="go">Go</button></form>
     <script>localStorage.setItem('token', ${JSON.stringify(stored)})</script>`,
  );
  return {
    '/': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html', 'set-cookie': `login=${cookie}; Max-Age=9999` });
      response.end(form);
    },
    '/echo': (request, response) => {
      const lines: Buffer[] = [];
      request.on('data', (chunk: Buffer) => lines.push(chunk));
      request.on('end', () => {
        const sent = new URLSearchParams(Buffer.concat(lines).toString()).get('p') ?? '';
        const shown = `${sent} ${String(request.headers['x-token'])}`;
        const escaped = shown.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
        response.writeHead(200, { 'content-type': 'text/html' });
        response.end(
          page(`<h1>${escaped}</h1><a href="/x?p=${encodeURIComponent(sent)}" title="${escaped}">link</a>
            <script>console.error(${JSON.stringify(shown).replaceAll('<', '\\u003c')});
            history.replaceState(null, '', '/echo?p=' + ${JSON.stringify(encodeURIComponent(sent))});
            setTimeout(() => { throw new Error(${JSON.stringify(sent).replaceAll('<', '\\u003c')}) })</script>`),
        );
      });
    },
  };
}

const steps = (url: string, last: object[]): object[] => [
  { type: 'navigate', url },
  { type: 'change', selectors: ['#p'], value: '{{secret.typed}}' },
  { type: 'click', selectors: ['#go'] },
  { type: 'waitForElement', selectors: ['h1'] },
  {
    type: 'extract',
    name: 'page',
    fields: {
      heading: 'h1',
      link: { selector: 'a', attribute: 'href' },
      html: { selector: 'a', attribute: 'outerHtml' },
    },
  },
  ...last,
];

/** Every cell of every table as a text, bytes as what they spell. */
async function dumpOf(dataSource: DataSource): Promise<string> {
  const tables: { schema: string; name: string }[] = await dataSource.query(
    `SELECT table_schema AS schema, table_name AS name FROM information_schema.tables
     WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
  );
  const parts = await Promise.all(
    tables.map(async ({ schema, name }) => {
      const rows: object[] = await dataSource.query(`SELECT * FROM "${schema}"."${name}"`);
      const cells = rows.flatMap((row) => Object.values(row) as unknown[]);
      return cells
        .map((cell) =>
          Buffer.isBuffer(cell) ? `${cell.toString('latin1')}\n${cell.toString('hex')}` : textOf(cell),
        )
        .join('\n');
    }),
  );
  return parts.join('\n');
}

/** As it is, and as JSON has it. */
function textOf(cell: unknown): string {
  return typeof cell === 'string' ? cell : `${JSON.stringify(cell)}\n${deepTexts(cell).join('\n')}`;
}

function deepTexts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(deepTexts) : [];
}

/** Whatever answers to GET, from links in what was answered; and the artifacts' bytes. */
async function crawl(fleet: TestFleet, robots: string[], runs: [string, string][]): Promise<string> {
  const paths = [
    ...[
      '/api/robots',
      '/api/keys',
      '/api/secrets',
      '/api/tasks',
      '/health',
      '/v1/schedules',
      '/api/sdk/robots',
    ],
    ...robots.flatMap((id) => ['', '/runs', '/logins', '/versions'].map((end) => `/api/robots/${id}${end}`)),
    ...runs.flatMap(([robot, run]) =>
      ['', '/events', '/tasks', '/data', '/artifacts'].map((end) => `/api/robots/${robot}/runs/${run}${end}`),
    ),
  ];
  const answers: string[] = [];
  const asked = new Set<string>();
  while (paths.length > 0) {
    const path = paths.pop()!;
    if (asked.has(path)) continue;
    asked.add(path);
    const { body } = await fleet.client.get<unknown>(path, { accept: 'application/json' });
    const text = Buffer.isBuffer(body) ? body.toString('latin1') : textOf(body);
    answers.push(text);
    for (const [, next] of text.matchAll(/"https?:\/\/127\.0\.0\.1:\d+(\/[^"]*)"/g)) {
      if (next!.includes('/artifacts/') && !asked.has(next!)) paths.push(next!);
    }
  }
  expect(asked.size).toBeGreaterThan(20);
  return answers.join('\n');
}

describeOnBothBackends('what is secret', (backend) => {
  let fleet: TestFleet;
  let site: Site;
  let door: { url: string; close(): void };
  let dataSource: DataSource;
  let worker: AppProcess;
  const logs: string[][] = [];
  const startWorker = async (): Promise<AppProcess> => {
    const worker = await fleet.startWorker();
    logs.push(worker.log);
    return worker;
  };

  beforeAll(async () => {
    fleet = await TestFleet.start(backend, { RUNNEL_SECRET_KEYS: `one:${sealing}`, LOG_LEVEL: 'trace' });
    logs.push((await fleet.startApi()).log, (await fleet.startScheduler()).log);
    worker = await startWorker();
    site = await serveSite(echoing());
    door = await aProxy();
    dataSource = await openDataSource({ url: fleet.databaseUrl, poolSize: 2, application: 'dump' });
    for (const [name, value] of Object.entries({ typed, header, proxy })) {
      const { status } = await fleet.client.send('PUT', `/api/secrets/${name}`, {
        body: JSON.stringify({ value }),
      });
      expect([name, status]).toEqual([name, 200]);
    }
  });

  afterAll(async () => {
    await dataSource.destroy();
    await fleet.close();
    await site.close();
    door.close();
  });

  test('is in no log, no table, no queue, no artifact and no answer, however a run ends', async () => {
    const options = (more: object = {}): object => ({
      headers: { 'x-token': '{{secret.header}}' },
      session: { name: 'shop' },
      proxy: { server: door.url, username: 'somebody', password: '{{secret.proxy}}' },
      ...more,
    });
    const make = (last: object[], more: object = {}): Promise<string> =>
      fleet.aRobot(steps(`${site.url}/`, last), options(more));
    const robots = {
      succeeds: await make([{ type: 'screenshot' }]),
      fails: await make([{ type: 'click', selectors: [`#none-{{secret.typed}}`], timeout: 500 }]),
      'times out': await make([{ type: 'waitForElement', selectors: ['#never'], timeout: 60_000 }], {
        deadlineMs: 4_000,
      }),
    };
    const runs: [string, string][] = [];
    const ends: Record<string, string> = {};
    for (const [name, robotId] of Object.entries(robots)) {
      const runId = await fleet.run(robotId);
      runs.push([robotId, runId]);
      ends[name] = (await fleet.ended(robotId, runId))['status'];
    }
    expect(ends).toEqual({
      succeeds: 'success',
      fails: 'failed',
      'times out': expect.stringMatching(/failed|timed/),
    });
    // A worker that dies in the middle, and another that takes its task.
    const crashed = await make([{ type: 'waitForElement', selectors: ['#never'], timeout: 3_000 }]);
    const runId = await fleet.run(crashed, { maxAttempts: 2 });
    await until(async () => (await fleet.look(crashed, runId))['status'] === 'running');
    await fleet.stop(worker, 'SIGKILL');
    await startWorker();
    await fleet.ended(crashed, runId);
    runs.push([crashed, runId]);

    const logins = await dataSource.query('SELECT count(*)::int AS count FROM logins');
    expect(logins[0].count).toBeGreaterThan(0);
    const rows = await fleet.look(robots.succeeds, runs[0]![1]);
    expect(JSON.stringify(rows)).toContain('***');
    const places = {
      logs: logs.flat().join('\n'),
      database: await dumpOf(dataSource),
      answers: await crawl(fleet, [...Object.values(robots), crashed], runs),
      queue: fleet.queue.address.redisUrl === null ? '' : await redisDump(fleet.queue.address.redisUrl),
    };
    expect(places.logs.length).toBeGreaterThan(1_000);
    const leaks = Object.entries(places).map(([place, text]) => [place, found(text)]);
    expect(Object.fromEntries(leaks)).toEqual({ logs: [], database: [], answers: [], queue: [] });
    // The search finds what is there.
    expect(found(`x${encodeURIComponent(typed)}x`)).toContain('typed as URL');
    const password = new URL(fleet.databaseUrl).password;
    if (password.length > 8) expect(`${places.logs}${places.answers}`).not.toContain(password);
    // Of a key its hash alone is kept.
    expect(places.database).toContain(createHash('sha256').update(key).digest('hex'));
  }, 180_000);
});

/** Every key of a Redis with what it holds, nothing of it packed. */
async function redisDump(url: string): Promise<string> {
  await redisCommand(url, 'CONFIG SET rdbcompression no');
  const keys = (await allOf(url, 'KEYS *'))
    .split('\r\n')
    .filter((line) => line !== '' && !/^[*$]\d+$/.test(line));
  expect(keys.length).toBeGreaterThan(0);
  const dumps = await Promise.all(keys.map((name) => allOf(url, `DUMP "${name}"`)));
  return [...keys, ...dumps].join('\n');
}

/** All that it answers to a line, until it has nothing more to say. */
async function allOf(url: string, line: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname, () => socket.end(`${line}\r\n`));
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('latin1');
}

/** A forward proxy that wants the planted password. */
async function aProxy(): Promise<{ url: string; close(): void }> {
  const wanted = `Basic ${Buffer.from(`somebody:${proxy}`).toString('base64')}`;
  const server = createServer((incoming, response) => {
    if (incoming.headers['proxy-authorization'] !== wanted) {
      response.writeHead(407, { 'proxy-authenticate': 'Basic' });
      return response.end();
    }
    const outgoing = startRequest(
      incoming.url ?? '',
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    outgoing.on('error', () => response.destroy());
    incoming.pipe(outgoing);
  });
  server.on('connect', (incoming, socket) => {
    if (incoming.headers['proxy-authorization'] !== wanted)
      return socket.end('HTTP/1.1 407 No\r\nproxy-authenticate: Basic\r\n\r\n');
    const { hostname, port } = new URL(`http://${incoming.url}`);
    const outer = connect(Number(port || 80), hostname, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      outer.pipe(socket).pipe(outer);
    });
    outer.on('error', () => socket.destroy());
    socket.on('error', () => outer.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => void server.close(),
  };
}
