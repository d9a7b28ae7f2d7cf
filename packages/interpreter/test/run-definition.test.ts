import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { BrowserPool } from '@runnel/browser';
import { FailureError, type Inputs } from '@runnel/contracts';
import {
  aDefinition,
  answersWith,
  CollectedOutput,
  freePort,
  hangs,
  openTestSession,
  page,
  serveSite,
  startTestPool,
  type Site,
} from '@runnel/testing';
import { runDefinition } from '../src';

const list = (items: string[], nav = ''): string =>
  page(`<ul>${items.map((item) => `<li><a href="/${item}">${item}</a></li>`).join('')}</ul>${nav}`);

let pool: BrowserPool;
let site: Site;
let silent: Site;

beforeAll(async () => {
  pool = await startTestPool();
  silent = await serveSite({ '/slow.js': hangs, '/slow.css': hangs, '/slow.png': hangs });
  site = await serveSite({
    '/': page('<h1>Home</h1><a id="go" href="/second">Go</a><p hidden>hidden</p>'),
    '/second': page('<h1>Second</h1>'),
    '/one': list(['a', 'b'], '<a class="next" href="/two">Next</a>'),
    '/two': list(['b', 'c'], '<a class="next" href="/three">Next</a>'),
    '/three': list(['d'], '<a class="next" href="/one">First</a>'),
    '/self': list(['a', 'a'], '<a class="next" href="/self#again">Next</a>'),
    '/off': list(['a'], '<a class="next disabled" href="/two">Next</a>'),
    '/spa': page(`<ul><li>1</li><li>2</li></ul><button class="next">More</button><script>
      let first = 1;
      document.querySelector('.next').onclick = () => setTimeout(() => {
        first += 2;
        document.querySelector('ul').innerHTML = '<li>' + first + '</li><li>' + (first + 1) + '</li>';
        if (first === 5) document.querySelector('.next').disabled = true;
      }, 60);</script>`),
    '/late': page(`<main></main><script>
      setTimeout(() => { document.querySelector('main').innerHTML = '<b class="x">drawn</b>'; }, 300);</script>`),
    '/form': page(`<form action="/search"><input name="q"><select name="kind"><option value="a">A</option>
      <option value="b">B</option></select><button>Search</button></form>`),
    '/search?q=green+tea&kind=b': page('<h1>Found green tea</h1>'),
    '/404': answersWith(404),
    '/503': answersWith(503),
    '/hangs': hangs,
    '/stalls':
      page(`<h1>Before</h1><script src="${silent.url}/slow.js"></script><img src="${silent.url}/slow.png">
      <link rel="stylesheet" href="${silent.url}/slow.css"><ul><li>after the script</li></ul>`),
    '/frames': page(`<iframe src="/hangs"></iframe><ul><li>main</li></ul>`),
    '/hides': page(`<ul><li>1</li></ul><button class="next" style="display:none">More</button>`),
    '/asks': page(
      '<h1>Stay</h1><a id="go" href="/second">Go</a><script>onbeforeunload = (e) => e.preventDefault()</script>',
    ),
    '/patched':
      page(`<ul><li>a</li></ul><script>Array.prototype.map = JSON.stringify = document.querySelectorAll =
      () => { throw new Error('nope'); }; Array.prototype.filter = () => [];</script>`),
    '/cut': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html', 'content-length': 9000 });
      response.write(list(['a']));
      setTimeout(() => response.destroy(), 100);
    },
    '/file': (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/zip', 'content-disposition': 'attachment' });
      response.end('zip');
    },
    '/tab': page('<h1>Old</h1><a id="go" target="_blank" href="/second">Go</a>'),
    '/to-stalls': page('<a id="go" href="/stalls">Go</a>'),
    '/alerts': page('<script>alert("stop"); confirm("sure?")</script><h1>Told</h1>'),
    '/loops': page('<h1>Loops</h1><script>setTimeout(() => { for (;;); }, 200)</script>'),
    '/prices': page('<p class="p">£3</p><p class="p">free</p><p class="p">£5</p>'),
    '/moves': page('<h1>Wait</h1><script>setTimeout(() => { location.href = "/second"; }, 30)</script>'),
  });
});

afterAll(async () => {
  await Promise.all([pool.close(), site.close(), silent.close()]);
});

interface Outcome {
  output: CollectedOutput;
  failure: FailureError['failure'] | null;
}

async function run(
  steps: object[],
  more: { inputs?: Inputs; parts?: object; signal?: AbortSignal } = {},
): Promise<Outcome> {
  const session = await openTestSession(pool);
  const output = new CollectedOutput();
  const signal = more.signal ?? new AbortController().signal;
  try {
    await runDefinition(aDefinition({ steps, ...more.parts }), more.inputs ?? {}, {
      session,
      output,
      signal,
    });
    return { output, failure: null };
  } catch (error) {
    if (error instanceof FailureError) return { output, failure: error.failure };
    throw error;
  } finally {
    await session.close();
  }
}

const open = (path: string): object => ({ type: 'navigate', url: `${site.url}${path}` });
const read = (more: object = {}): object => ({
  type: 'extractList',
  item: 'li',
  fields: { name: ':scope' },
  ...more,
});
const next = { paginate: { by: 'next', selector: '.next' } };
const names = ({ output }: Outcome): unknown[] => (output.lists['rows'] ?? []).map((row) => row['name']);

describe('a list', () => {
  test('is read page after page, no row twice, and stops at a page that it has seen', async () => {
    expect(names(await run([open('/one'), read(next)]))).toEqual(['a', 'b', 'c', 'd']);
  });

  test('stops at its limit and at its last page', async () => {
    expect(names(await run([open('/one'), read({ ...next, limit: 3 })]))).toEqual(['a', 'b', 'c']);
    const onePage = { paginate: { by: 'next', selector: '.next', maxPages: 1 } };
    expect(names(await run([open('/one'), read(onePage)]))).toEqual(['a', 'b']);
  });

  test('a "next" that leads to itself or is switched off ends it; twins on one page are two rows', async () => {
    expect(names(await run([open('/self'), { ...read(next), timeout: 500 }]))).toEqual(['a', 'a']);
    expect(names(await run([open('/off'), read(next)]))).toEqual(['a']);
    expect(names(await run([open('/hides'), read(next)]))).toEqual(['1']);
  });

  test('is paged by a button that changes the page without leaving it', async () => {
    expect(names(await run([open('/spa'), read(next)]))).toEqual(['1', '2', '3', '4', '5', '6']);
  });

  test('with fields that tell rows apart gives each once', async () => {
    expect(names(await run([open('/self'), read({ unique: ['name'] })]))).toEqual(['a']);
  });

  test('that matches nothing fails with the selector, unless it may be empty', async () => {
    const nothing = { item: '.nothing', timeout: 300 };
    const { failure } = await run([open('/'), read(nothing)]);
    expect(failure).toMatchObject({
      code: 'SELECTOR_NO_MATCH',
      step: 1,
      stepType: 'extractList',
      retryable: false,
    });
    expect(failure?.message).toContain('".nothing"');
    expect((await run([open('/'), read({ ...nothing, required: false })])).failure).toBeNull();
  });
});

describe('a row', () => {
  test('drawn by a script is waited for', async () => {
    const { output } = await run([open('/late'), { type: 'extract', fields: { text: '.x' } }]);
    expect(output.lists).toEqual({ rows: [{ text: 'drawn' }] });
  });

  test('with a bad cell is kept, and the cell is null and a warning', async () => {
    const fields = { price: { selector: ':scope', type: 'number' } };
    const { output } = await run([open('/prices'), { type: 'extractList', item: '.p', fields }]);
    expect(output.lists['rows']).toEqual([{ price: 3 }, { price: null }, { price: 5 }]);
    expect(output.warnings).toEqual([expect.stringContaining('item 2') as string]);
  });

  test('without a required cell fails, naming the field', async () => {
    const fields = { price: { selector: ':scope', type: 'number', required: true } };
    const { failure } = await run([open('/prices'), { type: 'extractList', item: '.p', fields }]);
    expect(failure).toMatchObject({
      code: 'FIELD_REQUIRED',
      message: expect.stringContaining('"price"') as string,
    });
  });

  test('of a page that goes on to another one meanwhile is read from that one', async () => {
    const { output } = await run([
      open('/moves'),
      { type: 'waitForElement', selectors: ['text/Second'] },
      { type: 'extract', fields: { h: 'h1' } },
    ]);
    expect(output.lists['rows']).toEqual([{ h: 'Second' }]);
  });
});

describe('a page', () => {
  test('is left by a click, and the next step sees the new one', async () => {
    const click = { type: 'click', selectors: [['aria/Nothing of this name'], ['#go']] };
    const { output } = await run([open('/'), click, { type: 'extract', fields: { h: 'h1' } }]);
    expect(output.lists['rows']).toEqual([{ h: 'Second' }]);
  });

  test('is filled in and sent', async () => {
    const steps = [
      open('/form'),
      { type: 'change', selectors: [['input[name=q]']], value: 'green {{what}}' },
      { type: 'change', selectors: [['select']], value: 'b' },
      { type: 'click', selectors: ['text/Search'], assertedEvents: [{ type: 'navigation' }] },
      { type: 'extract', fields: { h: 'h1' } },
    ];
    const { output } = await run(steps, { inputs: { what: 'tea' }, parts: { inputs: [{ name: 'what' }] } });
    expect(output.lists['rows']).toEqual([{ h: 'Found green tea' }]);
  });

  test('that asks in dialogs is not held up by them', async () => {
    const { output } = await run([open('/alerts'), { type: 'extract', fields: { h: 'h1' } }]);
    expect(output.lists['rows']).toEqual([{ h: 'Told' }]);
  });

  test('is read to its end although scripts, styles and images of another site never answer', async () => {
    const { output } = await run([open('/stalls'), read()]);
    expect(names({ output, failure: null })).toEqual(['after the script']);
    expect(output.warnings).toEqual([expect.stringContaining('slow.js') as string]);
  }, 15_000);

  test('is read although a frame in it never answers', async () => {
    expect(names(await run([open('/frames'), read()]))).toEqual(['main']);
  });

  test('is left although it asks whether it may be', async () => {
    const click = { type: 'click', selectors: ['#go'] };
    const { output } = await run([open('/asks'), click, { type: 'extract', fields: { h: 'h1' } }]);
    expect(output.lists['rows']).toEqual([{ h: 'Second' }]);
  });

  test('cannot forge what is read of it by changing what JavaScript does', async () => {
    expect(names(await run([open('/patched'), read()]))).toEqual(['a']);
  });

  test('that was cut off is a failure, not a short list', async () => {
    expect((await run([open('/cut'), read()])).failure?.code).toBe('NAVIGATION_FAILED');
  });

  test('that opens another tab is told, for the robot stays on its own', async () => {
    const { output } = await run([
      open('/tab'),
      { type: 'click', selectors: ['#go'] },
      { type: 'waitForElement', selectors: ['.never'], timeout: 300, optional: true },
      { type: 'extract', fields: { h: 'h1' } },
    ]);
    expect(output.lists['rows']).toEqual([{ h: 'Old' }]);
    expect(output.warnings).toContainEqual(expect.stringContaining('another tab'));
  });

  test('that a click opened is read to its end as well', async () => {
    const steps = [open('/to-stalls'), { type: 'click', selectors: ['#go'] }, read()];
    const { output } = await run(steps);
    expect(names({ output, failure: null })).toEqual(['after the script']);
  }, 20_000);

  test('is opened elsewhere when the run says so', async () => {
    const inputs = { originUrl: `${site.url}/second` };
    const { output } = await run([open('/'), { type: 'extract', fields: { h: 'h1' } }], { inputs });
    expect(output.lists['rows']).toEqual([{ h: 'Second' }]);
  });

  test('is where the robot says, whatever a run that the robot takes no start from was given', async () => {
    const inputs = { path: 'second', originUrl: `${site.url}/` };
    const steps = [open('/{{path}}'), { type: 'extract', fields: { h: 'h1' } }];
    const { output } = await run(steps, { inputs, parts: { inputs: [{ name: 'path' }] } });
    expect(output.lists['rows']).toEqual([{ h: 'Second' }]);
  });

  test('is shown as pictures, each with a name of its own', async () => {
    const shot = { type: 'screenshot', name: 'page', fullPage: true };
    const { output } = await run([
      open('/'),
      { type: 'setViewport', width: 400, height: 300 },
      shot,
      { ...shot, selector: 'h1' },
    ]);
    expect(output.artifacts.map(({ name }) => name)).toEqual(['page.png', 'page (2).png']);
    const [whole, part] = output.artifacts.map(({ bytes }) => [
      bytes.readUInt32BE(16),
      bytes.readUInt32BE(20),
    ]);
    expect(whole).toEqual([400, 300]);
    expect(part![1]!).toBeLessThan(100);
  });
});

describe('a step', () => {
  test('that may fail is a warning, and the others go on', async () => {
    const click = { type: 'click', selectors: ['#cookies'], optional: true, timeout: 200 };
    const { output, failure } = await run([open('/'), click, { type: 'extract', fields: { h: 'h1' } }]);
    expect(failure).toBeNull();
    expect(output.lists['rows']).toEqual([{ h: 'Home' }]);
    expect(output.warnings).toEqual([
      expect.stringMatching(/^1: optional step 1 \(click\) failed: No element on .*"#cookies"/),
    ]);
  });

  test('is skipped when what it is for is not there', async () => {
    const steps = [
      open('/'),
      { type: 'click', selectors: ['#go'], when: '#cookies' },
      { type: 'extract', fields: { h: 'h1' } },
    ];
    expect((await run(steps)).output.lists['rows']).toEqual([{ h: 'Home' }]);
  });

  test.each([
    [{ selectors: ['h1'] }, null],
    [{ selectors: ['p'], visible: false }, 'ELEMENT_NOT_FOUND'],
    [{ selectors: ['p'], visible: true }, null],
    [{ selectors: ['h1'], operator: '==', count: 2 }, 'ELEMENT_NOT_FOUND'],
    [{ selectors: ['.gone'], operator: '<=', count: 0 }, null],
    [{ selectors: ['aria/Go[role="link"]'] }, null],
  ])('waits for %j and comes to %s', async (wanted, code) => {
    const { failure } = await run([open('/'), { type: 'waitForElement', timeout: 300, ...wanted }]);
    expect(failure?.code ?? null).toBe(code);
  });
});

test('a step has its time also when garbage is collected meanwhile', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const collecting = setInterval(collect, 100);
  const wait = { type: 'waitForElement', selectors: ['.never'], timeout: 1000 };
  const { failure } = await run([open('/'), wait]);
  clearInterval(collecting);
  expect(failure?.code).toBe('ELEMENT_NOT_FOUND');
});

test('what the ledger does not take is not forgiven to an optional step', async () => {
  const session = await openTestSession(pool);
  const output = new CollectedOutput();
  output.rows = () => Promise.reject(new Error('the ledger is away'));
  const steps = [open('/one'), { ...read(), optional: true }];
  const signal = new AbortController().signal;
  await expect(runDefinition(aDefinition({ steps }), {}, { session, output, signal })).rejects.toThrow(
    'away',
  );
  await session.close();
});

describe('a start page', () => {
  test.each([
    ['answers 404', () => open('/404'), { code: 'HTTP_STATUS', retryable: false, details: { status: 404 } }],
    [
      'answers 503',
      () => open('/503'),
      { code: 'HTTP_UNAVAILABLE', retryable: true, details: { status: 503 } },
    ],
    ['hangs', () => ({ ...open('/hangs'), timeout: 500 }), { code: 'NAVIGATION_TIMEOUT', retryable: true }],
    [
      'does not resolve',
      () => ({ type: 'navigate', url: 'http://no-such-host.invalid/' }),
      { code: 'NAVIGATION_DNS' },
    ],
  ])('that %s fails the first step with its code and a sentence', async (_what, step, expected) => {
    const { failure } = await run([step()]);
    expect(failure).toMatchObject({ ...expected, step: 0, stepType: 'navigate' });
    expect(failure?.message.length).toBeGreaterThan(20);
    expect(failure?.help.length).toBeGreaterThan(10);
  });

  test('that an input makes no web page fails with its code', async () => {
    const { failure } = await run([open('/')], { inputs: { originUrl: 'file:///etc/passwd' } });
    expect(failure).toMatchObject({ code: 'URL_INVALID', retryable: false, step: 0 });
  });

  test('that refuses fails with its code', async () => {
    const { failure } = await run([{ type: 'navigate', url: `http://127.0.0.1:${await freePort()}/` }]);
    expect(failure?.code).toBe('NAVIGATION_REFUSED');
  });
});

describe('an abort', () => {
  test('ends a robot whatever it waits for, with its own reason', async () => {
    const abort = new AbortController();
    const asked = run([open('/'), { type: 'waitForElement', selectors: ['.never'], timeout: 60_000 }], {
      signal: abort.signal,
    });
    setTimeout(() => abort.abort(new Error('enough')), 300);
    await expect(asked).rejects.toThrow('enough');
  });

  test('ends a robot whose page computes for ever', async () => {
    const abort = new AbortController();
    const asked = run([open('/loops'), { type: 'waitForElement', selectors: ['.never'], timeout: 60_000 }], {
      signal: abort.signal,
    });
    setTimeout(() => abort.abort(new Error('enough')), 600);
    await expect(asked).rejects.toThrow('enough');
  });
});
