import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { page, serveSite, type Page } from '@runnel/testing';
import { CommandLine, type Ended } from './command-line';

/** Answers what is on its port and counts who comes, be it for nothing but a connection. */
interface Trap {
  connections: number;
  close: () => Promise<void>;
}

async function trapAt(port: number): Promise<Trap> {
  const server = createServer((_request, response) => response.end('<li>from the network</li>'));
  const trap: Trap = {
    connections: 0,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
  server.on('connection', () => (trap.connections += 1));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return trap;
}

const knows = ({ headers }: IncomingMessage): boolean => (headers.cookie ?? '').includes('visitor=ada');
const zipped =
  (type: string, body: () => string): Page =>
  (request, response) => {
    if (!knows(request)) return response.writeHead(403).end();
    response.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' });
    return response.end(gzipSync(body()));
  };
const pixel = Buffer.from('R0lGODlhAQABAAAAACwAAAAAAQABAAA=', 'base64');

const teas = ['Mint', 'Sage', 'Rose', 'Lime', 'Oolong'];
const details = Object.fromEntries(
  teas.map((tea, index): [string, Page] => [
    `/teas/${tea}`,
    zipped('text/html', () =>
      page(`<p class="from">Land ${index}</p><p class="grown">Höhe ${index}00 m</p>`),
    ),
  ]),
);
let counted = 0;
const pages: Record<string, Page> = {
  '/': (_request, response) =>
    response
      .writeHead(302, {
        location: '/in',
        'set-cookie': ['visitor=ada; Path=/; HttpOnly', 'theme=dark; Path=/'],
      })
      .end(),
  '/in': (_request, response) => response.writeHead(307, { location: '/home' }).end(),
  '/home': zipped('text/html; charset=utf-8', () =>
    page(`<link rel="preconnect" href="//127.0.0.1:1"><link rel="stylesheet" href="/style.css">
      <ul></ul><img src="/pixel.gif"><iframe id="offers" src="/offers"></iframe><p id="count"></p>
      <script src="/app.js"></script>`),
  ),
  '/style.css': zipped('text/css', () => 'li { color: rgb(1, 2, 3) }'),
  '/app.js': zipped(
    'text/javascript',
    () => `
      const count = async () => { document.querySelector('#count').textContent +=
        (await (await fetch('/count', { method: 'POST', body: 'x' })).json()).count + ' '; };
      fetch('/teas.json?all=1').then((answer) => answer.json()).then(async (teas) => {
        await count(); await count(); await count();
        document.querySelector('ul').innerHTML =
          teas.map((tea) => '<li><a href="/teas/' + tea + '">' + tea + '</a></li>').join('');
      });
      new Worker('/worker.js').onmessage = ({ data }) => { document.body.dataset.worker = data; };
      new WebSocket('ws://' + location.host + '/socket');
      navigator.sendBeacon('/beacon', 'x');`,
  ),
  '/worker.js': zipped(
    'text/javascript',
    () => `fetch('/worker.txt').then((answer) => answer.text()).then(postMessage);`,
  ),
  '/worker.txt': zipped('text/plain', () => 'works'),
  '/teas.json?all=1': zipped('application/json', () => JSON.stringify(teas)),
  '/count': zipped('application/json', () => JSON.stringify({ count: (counted += 1) })),
  '/pixel.gif': (_request, response) => response.writeHead(200, { 'content-type': 'image/gif' }).end(pixel),
  '/offers': zipped('text/html', () => page('<b class="offer">Two for one</b>')),
  '/plain': zipped('text/html; charset=utf-8', () =>
    page(`<ul>${teas.map((tea) => `<li><a href="/teas/${tea}">${tea}</a></li>`).join('')}</ul>`),
  ),
  '/robots.txt': 'User-agent: *\nAllow: /',
  ...details,
};

const reading = (fields: object = {}): object[] => [
  {
    type: 'extractList',
    name: 'teas',
    item: 'li',
    fields: { tea: 'a', link: { selector: 'a', attribute: 'href' }, ...fields },
  },
  {
    type: 'follow',
    from: 'teas',
    url: 'link',
    concurrency: 3,
    steps: [{ type: 'extract', fields: { from: '.from', grown: '.grown' } }],
  },
];
const scripted = (fields?: object) => ({
  engine: 'browser',
  inputs: [{ name: 'site', required: true }],
  options: { block: ['font'] },
  steps: [
    { type: 'navigate', url: '{{site}}/' },
    { type: 'waitForElement', selectors: ['li'], count: 5, operator: '==' },
    {
      type: 'waitForExpression',
      expression: `document.images[0].naturalWidth === 1 && document.body.dataset.worker === 'works'`,
    },
    {
      type: 'waitForExpression',
      expression: `getComputedStyle(document.querySelector('li')).color === 'rgb(1, 2, 3)'`,
    },
    { type: 'extract', name: 'offer', frame: '#offers', fields: { offer: '.offer' } },
    { type: 'extract', name: 'count', fields: { count: '#count' } },
    ...reading(fields),
  ],
});
const plain = (fields?: object) => ({
  inputs: [{ name: 'site', required: true }],
  steps: [
    { type: 'navigate', url: '{{site}}/' },
    { type: 'navigate', url: '{{site}}/plain' },
    ...reading(fields),
  ],
});

let line: CommandLine;
let trap: Trap;
let url: string;
let recorded: { scripted: Ended; plain: Ended };
const noBrowser = { PUPPETEER_EXECUTABLE_PATH: '/no/browser/here' };

beforeAll(async () => {
  line = await CommandLine.open();
  const site = await serveSite(pages);
  ({ url } = site);
  await Promise.all([line.file('scripted.json', scripted()), line.file('plain.json', plain())]);
  const record = (name: string, ...more: string[]) =>
    line.robots(['test', `${name}.json`, '--input', `site=${url}`, '--record', `of/${name}`, ...more]);
  const [ofScripted, ofPlain] = await Promise.all([
    record('scripted', '--json'),
    record('plain', '--json', '--engine', 'http'),
  ]);
  recorded = { scripted: ofScripted, plain: ofPlain };
  await site.close();
  trap = await trapAt(Number(new URL(url).port));
});

afterAll(async () => {
  await Promise.all([trap.close(), line.close()]);
});

const expectedTeas = () =>
  teas.map((tea, index) => ({
    tea,
    link: `${url}/teas/${tea}`,
    from: `Land ${index}`,
    grown: `Höhe ${index}00 m`,
  }));

test('a run that is recorded gives its rows, and keeps them with all that sites answered', async () => {
  expect(recorded).toMatchObject({ scripted: { code: 0 }, plain: { code: 0 } });
  const lists = { offer: [{ offer: 'Two for one' }], count: [{ count: '1 2 3' }], teas: expectedTeas() };
  expect(JSON.parse(recorded.scripted.out)).toEqual(lists);
  expect(JSON.parse(recorded.plain.out)).toEqual({ teas: expectedTeas() });
  const kept = async (file: string): Promise<unknown> =>
    JSON.parse(await readFile(join(line.folder, 'of', file), 'utf8'));
  expect(await kept('scripted/rows.json')).toEqual({ inputs: expect.anything(), engine: 'browser', lists });
  const asked = (await kept('plain/responses.json')) as { url: string; status: number }[];
  expect(asked.slice(0, 4).map(({ url: each, status }) => [each.slice(url.length), status])).toEqual([
    ['/', 302],
    ['/in', 307],
    ['/home', 200],
    ['/plain', 200],
  ]);
});

describe('what was recorded', () => {
  const replay = (file: string, of: string, more: string[] = []): Promise<Ended> =>
    line.robots(['test', file, '--replay', `of/${of}`, ...more], of === 'plain' ? noBrowser : {});

  afterEach(() => {
    expect(trap.connections).toBe(0);
  });

  test('gives the same rows with no network, and with no browser where none was used', async () => {
    const [browser, http, told] = await Promise.all([
      replay('scripted.json', 'scripted', ['--json']),
      replay('plain.json', 'plain', ['--json']),
      replay('plain.json', 'plain'),
    ]);
    expect(browser).toMatchObject({ code: 0, out: recorded.scripted.out });
    expect(http).toMatchObject({ code: 0, out: recorded.plain.out });
    expect(told).toMatchObject({ code: 0, err: '' });
    expect(told.out).toMatch(/teas \(5\)[\s\S]*Land 4[\s\S]*\nThe rows are as they were recorded\.\n$/);
  });

  test('tells the first difference to what a robot gives that was changed', async () => {
    await line.file('other-field.json', plain({ tea: { selector: 'a', pattern: '^(..)' } }));
    await line.file('fewer.json', {
      ...plain(),
      steps: plain().steps.map((step) => ({ ...step, ...('item' in step && { limit: 2 }) })),
    });
    await line.file(
      'other-name.json',
      JSON.stringify(scripted()).replace('"name":"offer"', '"name":"offers"'),
    );
    const [field, fewer, name] = await Promise.all([
      replay('other-field.json', 'plain'),
      replay('fewer.json', 'plain'),
      replay('other-name.json', 'scripted'),
    ]);
    expect(field.code).toBe(1);
    expect(field.err).toContain(
      `The rows are not as they were recorded: row 1 of "teas" was ${JSON.stringify(expectedTeas()[0])} and is {"tea":"Mi",`,
    );
    expect(fewer).toMatchObject({
      code: 1,
      err: 'The rows are not as they were recorded: "teas" had 5 rows and has 2\n',
    });
    expect(name).toMatchObject({
      code: 1,
      err: 'The rows are not as they were recorded: "offer" had 1 rows and has 0\n',
    });
  });

  test('names what it has no answer to', async () => {
    const elsewhere = (document: { steps: object[] }) => ({
      ...document,
      steps: document.steps.map((step, index) =>
        index === 1 ? { type: 'navigate', url: '{{site}}/elsewhere?a=1' } : step,
      ),
    });
    await line.file('elsewhere.json', elsewhere(plain()));
    await line.file('elsewhere-scripted.json', elsewhere(scripted()));
    await line.file('asks.json', {
      ...scripted(),
      steps: scripted().steps.map((step) =>
        JSON.stringify(step).includes('images')
          ? { type: 'waitForExpression', expression: `fetch('/unheard').then(() => false, () => true)` }
          : step,
      ),
    });
    const [http, browser, asks] = await Promise.all([
      replay('elsewhere.json', 'plain'),
      replay('elsewhere-scripted.json', 'scripted'),
      replay('asks.json', 'scripted'),
    ]);
    const missing = `The recording has no answer to GET ${url}/elsewhere?a=1\n`;
    for (const { code, err } of [http, browser]) {
      expect(code).toBe(1);
      expect(err).toMatch(/^Failed in step 1 \(navigate\), NAVIGATION_/);
      expect(err).toContain(missing);
    }
    expect(asks.code).toBe(0);
    expect(asks.out).toContain(`The recording has no answer to GET ${url}/unheard\n`);
  });

  test('is asked for in a folder that holds it', async () => {
    await line.file('rows.json', '{');
    const [nothing, broken] = await Promise.all([
      replay('plain.json', 'nothing'),
      line.robots(['test', 'plain.json', '--replay', '.']),
    ]);
    expect(nothing).toEqual({
      code: 1,
      out: '',
      err: 'of/nothing holds no recording: it has no rows.json\n',
    });
    expect(broken).toEqual({
      code: 1,
      out: '',
      err: '. holds no recording: its rows.json is not one of a recording\n',
    });
  });
});
