import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  cloneDatabase,
  freePort,
  page,
  serveSite,
  startApp,
  type AppProcess,
  type Site,
  type TestDatabase,
} from '@runnel/testing';
import { CommandLine, type Ended } from './command-line';

let line: CommandLine;
let site: Site;
let database: TestDatabase;
let api: AppProcess;
let url: string;
const key = 'rk_a-key-that-the-test-knows';
const noBrowser = { PUPPETEER_EXECUTABLE_PATH: '/no/browser/here' };

beforeAll(async () => {
  line = await CommandLine.open();
  site = await serveSite({
    '/teas': page(`<h1>Teas</h1><div class="product"><b>Mint</b><i>1.50</i></div>
      <div class="product"><b>Sage</b><i>on request</i></div>`),
  });
  database = await cloneDatabase();
  api = await startApp('api', { DATABASE_URL: database.url, RUNNEL_API_KEY: key });
  url = `http://127.0.0.1:${api.port}`;
});

afterAll(async () => {
  await Promise.all([site.close(), line.close(), api.kill('SIGTERM')]);
  await database.drop();
});

const list = (more: object = {}) => ({
  type: 'extractList',
  name: 'teas',
  item: '.product',
  fields: { name: 'b', price: { selector: 'i', type: 'number' } },
  ...more,
});
const robot = (...steps: object[]) => ({
  title: 'Teas',
  inputs: [
    { name: 'path', default: '/teas' },
    { name: 'limit', type: 'number' },
  ],
  steps: [{ type: 'navigate', url: `${site.url}{{path}}` }, ...steps],
});
const rows = [
  { name: 'Mint', price: 1.5 },
  { name: 'Sage', price: null },
];

describe('robots test FILE', () => {
  test('prints what each step took, what was odd, and the rows', async () => {
    const missing = { type: 'click', selectors: ['#cookies'], optional: true, timeout: 100 };
    const file = await line.file('teas.json', robot(missing, list()));
    const { code, out, err } = await line.robots(['test', file]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^step {3}0 {2}navigate +\d+ ms\n/);
    expect(out).toMatch(
      /\nwarning {3}step 1: optional step 1 \(click\) failed: .*#cookies.*\nstep {3}1 {2}click +\d+ ms\n/,
    );
    expect(out).toMatch(/\nwarning {3}step 2: list "teas": field "price" of item 2 .*on request.*\n/);
    expect(out).toMatch(/\nteas \(2\)\n[\s\S]*│ Mint │ 1\.5 {3}│\n│ Sage │ null {2}│\n/);
  });

  test('prints nothing but JSON to standard output when it is asked to', async () => {
    const file = await line.file('json.json', robot(list()));
    const { code, out, err } = await line.robots(['test', file, '--json', '--engine', 'http'], noBrowser);
    expect([code, JSON.parse(out)]).toEqual([0, { teas: rows }]);
    expect(err).toMatch(/^step {3}0 {2}navigate/);
  });

  test('takes inputs, as the robot types them', async () => {
    const file = await line.file('inputs.json', robot(list()));
    const run = (...inputs: string[]) =>
      line.robots(['test', file, '--engine', 'http', ...inputs.flatMap((each) => ['--input', each])]);
    const [fine, elsewhere, wrong, unknown] = await Promise.all([
      run('path=/teas?a=b=c', 'limit=5'),
      run(`path=/nothing`),
      run('limit=five'),
      run('pat=/teas'),
    ]);
    // The site has no such page, so the whole value must have arrived.
    expect(fine.err).toContain(`${site.url}/teas?a=b=c`);
    expect(elsewhere.err).toMatch(/^Failed in step 0 \(navigate\), HTTP_STATUS: .*404/);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toMatch(/^The inputs do not fit the robot:\n {2}inputs\.limit: must be a number\n/);
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain(
      'inputs.pat: this robot has no such input; allowed: path, limit (did you mean "path"?)\n',
    );
  });

  test('keeps artifacts in a folder, or says how to', async () => {
    const file = await line.file(
      'shots.json',
      robot({ type: 'screenshot', name: 'teas/all' }, { type: 'pdf' }),
    );
    const [kept, told] = await Promise.all([
      line.robots(['test', file, '--artifacts', 'kept/here']),
      line.robots(['test', file]),
    ]);
    expect(kept).toMatchObject({ code: 0, err: '' });
    expect(kept.out).toContain(`artifact  ${join('kept', 'here', 'teas_all.png')}\n`);
    const folder = join(line.folder, 'kept', 'here');
    expect((await readdir(folder)).sort()).toEqual(['page.pdf', 'teas_all.png']);
    expect((await readFile(join(folder, 'page.pdf'))).subarray(0, 5).toString()).toBe('%PDF-');
    expect(told.out).toMatch(/artifact {2}teas\/all\.png \(\d+ bytes; --artifacts FOLDER keeps it\)\n/);
  });

  test('that fails says where, why, and what the page has instead, and gives the rows so far', async () => {
    const file = await line.file(
      'fails.json',
      robot(list(), list({ name: 'more', item: '.products', timeout: 300 })),
    );
    const { code, out, err } = await line.robots(['test', file, '--artifacts', 'evidence']);
    expect(code).toBe(1);
    expect(err).toMatch(
      /^Failed in step 2 \(extractList\), SELECTOR_NO_MATCH: Nothing on \S+ matches .*"\.products"\. The page has .*"\.product" \(2\)/,
    );
    expect(err).toMatch(/\nCheck the selector against the page; .*\n$/);
    expect(err).not.toMatch(/\n +at /);
    expect(out).toContain('│ Mint │');
    expect((await readdir(join(line.folder, 'evidence'))).sort()).toEqual(['failure.html', 'failure.png']);
  });

  test('says what to do where there is no browser', async () => {
    const file = await line.file('browser.json', robot(list()));
    const { code, err } = await line.robots(['test', file], noBrowser);
    expect(code).toBe(1);
    expect(err).toContain('/no/browser/here');
    expect(err).not.toMatch(/\n +at /);
  });

  test('tells every fault of a definition at once: where, what was found, what is allowed', async () => {
    const steps = [
      { type: 'navigate', ur: 'x' },
      { type: 'extractLst', fields: {} },
      list({ item: 'li[', limit: 0, fields: { price: { selector: 'i', type: 'numbr' } } }),
    ];
    const file = await line.file('faults.json', { title: 'Faults', steps });
    const { code, out, err } = await line.robots(['test', file]);
    expect([code, out]).toEqual([1, '']);
    expect(err.split('\n')).toEqual(
      expect.arrayContaining([
        'The definition is not right:',
        expect.stringMatching(
          /^ {2}steps\[0\]\.ur: is not known here; allowed: .* \(did you mean "url"\?\)$/,
        ),
        expect.stringMatching(/^ {2}steps\[0\]\.url: is missing; must be string$/),
        expect.stringMatching(
          /^ {2}steps\[1\]\.type: "extractLst" is not allowed; allowed: .* \(did you mean "extractList"\?\)$/,
        ),
        expect.stringMatching(/^ {2}steps\[2\]\.item: .*li\[/),
        expect.stringMatching(/^ {2}steps\[2\]\.limit: .*; found 0$/),
        expect.stringMatching(
          /^ {2}steps\[2\]\.fields\.price\.type: "numbr" is not allowed; .* \(did you mean "number"\?\)$/,
        ),
      ]),
    );
  });
});

describe('robots test FILE --secret NAME=ENV_VARIABLE', () => {
  const given = ['--secret', 'shop=SHOP_KEY'];
  const secretly = (...steps: object[]) => ({
    title: 'Secretly',
    steps: [{ type: 'navigate', url: `${site.url}/shows` }, ...steps],
    options: { headers: { 'x-token': 'key {{secret.shop}}' } },
  });
  const run = async (document: object, more: string[], environment: Record<string, string> = {}) =>
    line.robots(['test', await line.file('secretly.json', document), ...more], environment);

  test.each(['http', 'browser'])('takes secrets from the environment, and says none (%s)', async (engine) => {
    site.replace('/shows', ({ headers }, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(page(`<h1>A ${String(headers['x-token'])}</h1>`));
    });
    const steps = [
      { type: 'extract', name: 'shown', fields: { text: 'h1' } },
      { type: 'waitForElement', selectors: ['#by-{{secret.shop}}'], optional: true, timeout: 100 },
      { type: 'navigate', url: `${site.url}/none?key={{secret.shop}}` },
    ];
    const environment = { SHOP_KEY: 'p4ss-word' };
    const { code, out, err } = await run(secretly(...steps), [...given, '--engine', engine], environment);
    expect([code, site.asked.at(-1)]).toEqual([1, '/none?key=p4ss-word']);
    expect(out).toContain('│ A key *** │');
    expect(out).toMatch(/\nwarning {3}step 2: .*#by-\*\*\*/);
    expect(err).toMatch(/^Failed in step 3 \(navigate\), HTTP_STATUS: .*key=\*\*\*/);
    expect(`${out}${err}`).not.toContain('p4ss-word');
  });

  test('is refused before anything opens where a secret is not given, or cannot be', async () => {
    const short = { SHOP_KEY: 'abc' };
    const [missing, unset, tooShort, recorded] = await Promise.all([
      run(secretly(), []),
      run(secretly(), given),
      run(secretly(), given, short),
      run(secretly(), ['--record', 'never']),
    ]);
    expect([missing, unset, tooShort, recorded].map(({ code, out }) => [code, out])).toEqual(
      [0, 1, 2, 3].map(() => [2, '']),
    );
    expect(missing.err).toMatch(
      /^The robot uses \{\{secret\.shop\}\}; give it by --secret shop=ENV_VARIABLE/,
    );
    expect(unset.err).toMatch(/^--secret shop=SHOP_KEY: there is no environment variable SHOP_KEY/);
    expect(tooShort.err).toMatch(/^--secret shop=SHOP_KEY: the value must have from 4 to 8192 characters\n/);
    expect(tooShort.err).not.toContain('abc');
    expect(recorded.err).toMatch(/^The robot uses \{\{secret\.shop\}\} and cannot be recorded: /);
    expect(await readdir(line.folder)).not.toContain('never');
  });
});

describe('a call that is wrong ends with code 2, a sentence and the help', () => {
  test.each<[string[], string]>([
    [['tst'], 'There is no command "robots tst"'],
    [['test', 'nothing.json'], 'There is no file nothing.json'],
    [['test', '.'], '. is a folder'],
    [['test', 'text.json'], 'text.json is not JSON: '],
    [
      ['test', 'a.json', '--engin', 'http'],
      'There is no option --engin; allowed: --input, --secret, --engine',
    ],
    [['test', 'a.json', '--record', 'text.json'], '--record text.json cannot be made a folder: '],
    [['import', 'a.json', '--kee', 'x'], 'There is no option --kee; allowed: --url, --key, --name, --draft'],
    [['import', 'a.json'], 'Which key? Give --key KEY, or set RUNNEL_API_KEY'],
  ])('robots %j', async (words, sentence) => {
    await Promise.all([line.file('text.json', 'steps: []'), line.file('a.json', robot(list()))]);
    const { code, out, err } = await line.robots(words);
    expect([code, out]).toEqual([2, '']);
    expect(err.startsWith(sentence)).toBe(true);
    expect(err).toContain('\n\nrunnel robots test FILE ');
  });

  test('the help itself is no fault', async () => {
    const { code, out, err } = await line.robots(['test', '--help']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^runnel robots test FILE [\s\S]*runnel robots import FILE /);
  });
});

describe('robots import FILE', () => {
  const send = (file: string, ...more: string[]): Promise<Ended> =>
    line.robots(['import', file, '--url', url, '--key', key, ...more]);
  const entry = () => ({
    where: { url: 'about:blank' },
    what: [{ action: 'goto', args: [`${site.url}/teas`] }],
  });
  const maxun = (...what: object[]) => ({
    recording_meta: { name: 'Teas of Maxun' },
    recording: { workflow: [{ where: {}, what }, entry()] },
  });
  const scrapeList = {
    action: 'scrapeList',
    args: [{ listSelector: '.product', fields: { name: 'b' }, limit: 10 }],
  };
  const recording = () => ({
    title: 'Recording 1',
    steps: [
      {
        type: 'setViewport',
        width: 900,
        height: 700,
        deviceScaleFactor: 1,
        isMobile: false,
        hasTouch: false,
        isLandscape: false,
      },
      {
        type: 'navigate',
        url: `${site.url}/teas`,
        assertedEvents: [{ type: 'navigation', url: `${site.url}/teas`, title: '' }],
      },
      {
        type: 'click',
        target: 'main',
        selectors: [['aria/Teas'], ['h1'], ['xpath///h1'], ['text/Teas']],
        offsetX: 3,
        offsetY: 3,
      },
    ],
  });

  test.each<[string, () => object, string[], string, string[]]>([
    ['a recording of Chrome', recording, [], 'Recording 1', ['setViewport', 'navigate', 'click']],
    ['a robot of Maxun', () => maxun(scrapeList), [], 'Teas of Maxun', ['navigate', 'extractList']],
    ['a definition', () => robot(list()), ['--name', 'Mine'], 'Mine', ['navigate', 'extractList']],
  ])('saves %s, and says how to start it', async (...[, document, more, name, types]) => {
    const { code, out, err } = await send(await line.file('import.json', document()), ...more);
    expect([code, err]).toEqual([0, '']);
    const [, id] = new RegExp(`^${name}: robot (\\S+), version 1\\n`).exec(out) ?? [];
    expect(out).toContain(
      `Start it: curl -X POST '${url}/api/robots/${id}/runs?wait=60' -H 'x-api-key: …'\n`,
    );
    const answer = await fetch(`${url}/api/robots/${id}`, { headers: { 'x-api-key': key } });
    const { robot: saved } = (await answer.json()) as { robot: Record<string, any> };
    expect(saved['definition'].steps.map(({ type }: { type: string }) => type)).toEqual(types);
  });

  test('saves a draft, from an address and a key in the environment', async () => {
    const file = await line.file('draft.json', robot(list()));
    const { code, out, err } = await line.robots(['import', file, '--draft'], {
      RUNNEL_PUBLIC_URL: `${url}/`,
      RUNNEL_API_KEY: key,
    });
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^Teas: robot \S+, version 1\n/);
  });

  test('tells every fault at its place in the file', async () => {
    const file = await line.file(
      'faulty.json',
      maxun({ action: 'script', args: ['1'] }, { action: 'clik', args: ['a'] }),
    );
    const { code, out, err } = await send(file);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(
      /\n {2}recording\.workflow\[0\]\.what\[0\]\.action: "script" is not allowed: a robot is data/,
    );
    expect(err).toMatch(
      /\n {2}recording\.workflow\[0\]\.what\[1\]\.action: "clik" is not allowed; .* \(did you mean "click"\?\)\n/,
    );
  });

  test('without a name anywhere asks for one', async () => {
    const file = await line.file('nameless.json', { workflow: [{ where: {}, what: [scrapeList] }, entry()] });
    const { code, err } = await send(file);
    expect(code).toBe(1);
    expect(err).toContain('\nGive it one by --name NAME\n');
  });

  test('says what is wrong with the key, the address or the server', async () => {
    const file = await line.file('fine.json', robot(list()));
    const port = await freePort();
    const [wrongKey, nobody, noApi] = await Promise.all([
      line.robots(['import', file, '--url', url, '--key', 'rk_not-the-key-of-anybody']),
      line.robots(['import', file, '--url', `http://127.0.0.1:${port}`, '--key', key]),
      line.robots(['import', file, '--url', site.url, '--key', key]),
    ]);
    expect(wrongKey.code).toBe(1);
    expect(wrongKey.err).toMatch(/key/);
    expect(wrongKey.err).not.toContain('rk_not-the-key');
    expect(nobody).toMatchObject({
      code: 1,
      err: `No API answers at http://127.0.0.1:${port}/api/robots; start it with npm start, or give --url URL\n`,
    });
    expect(noApi).toMatchObject({
      code: 1,
      err: `What answers at ${site.url}/api/robots is no API of Runnel: status 404, and no JSON\n`,
    });
  });
});
