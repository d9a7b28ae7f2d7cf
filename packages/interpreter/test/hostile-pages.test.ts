import { page, serveSite, type Page, type Site, RobotRunner } from '@runnel/testing';
import { describeEngines } from './describe-engines';

const MiB = 1024 ** 2;
const emoji = '\u{1f469}\u200d\u{1f467}';

let robots: RobotRunner;
let site: Site;

const torrent: Page = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/html' });
  const send = (): void => void (response.destroyed || response.write(`<!--${'x'.repeat(MiB)}-->`, send));
  send();
};
const odd = 'n\\0ul \\ud83d half';
const cleaned = 'nul \ufffd half';

beforeAll(async () => {
  robots = await RobotRunner.start();
  site = await serveSite({
    '/list': page(['a', 'torrent', 'b'].map((name) => `<li><a href="/${name}">${name}</a></li>`).join('')),
    '/a': page('<h1>A</h1>'),
    '/b': page('<h1>B</h1>'),
    '/torrent': torrent,
    '/hangs-on-click': page('<h1>there</h1><button onclick="while (true);">Stop</button>'),
    '/long': page(`<p>${emoji.repeat(10_000_000 / Buffer.byteLength(emoji))}</p>`),
    '/odd': page(
      `<p class="here">text</p><script>document.title = '${odd}'; document.querySelector('p').className = 'here \\ud83d'; </script>`,
    ),
  });
});

afterAll(async () => {
  await Promise.all([robots.close(), site.close()]);
});

const open = (path: string) => ({ type: 'navigate', url: `${site.url}${path}` });

describeEngines((engine) => {
  const run = (steps: object[]) => robots.run(steps, { engine });

  test('one page without end among many spoils no other', async () => {
    const fields = { url: { selector: 'a', attribute: 'href', type: 'url' } };
    const heading = { type: 'extract', name: 'page', fields: { heading: 'h1' } };
    const follow = {
      type: 'follow',
      from: 'list',
      url: 'url',
      concurrency: 1,
      required: false,
      steps: [heading],
    };
    const { lists, warnings, failure } = await run([
      open('/list'),
      { type: 'extractList', name: 'list', item: 'li', fields },
      follow,
    ]);
    expect(failure).toBeNull();
    expect(lists['list']!.map((row) => row['heading'])).toEqual(['A', undefined, 'B']);
    expect(warnings).toEqual([expect.stringMatching(/\/torrent.* larger than \d+ MiB/)]);
  });

  test('a text of ten megabytes comes whole', async () => {
    const { lists, failure } = await run([
      open('/long'),
      { type: 'extract', name: 'page', fields: { text: 'p' }, timeout: 30_000 },
    ]);
    expect(failure).toBeNull();
    const text = lists['page']![0]!['text'] as string;
    expect([Buffer.byteLength(text), text.endsWith(emoji)]).toEqual([9_999_990, true]);
  });
});

test('a step that hangs its page ends with its time, and says so', async () => {
  const began = performance.now();
  const click = { type: 'click', selectors: ['button'], timeout: 1_000 };
  const { failure } = await robots.run([open('/hangs-on-click'), click]);
  expect(failure).toMatchObject({ code: 'STEP_TIMEOUT', step: 1, retryable: true });
  expect(performance.now() - began).toBeLessThan(10_000);
});

describe('what no database keeps is cleaned', () => {
  test('in what is read beside cells', async () => {
    const { lists } = await robots.run([open('/odd'), { type: 'content', name: 'page', formats: ['text'] }]);
    expect(lists['page']).toEqual([{ url: `${site.url}/odd`, title: cleaned, text: 'text' }]);
  });

  test('in failures and names of artifacts', async () => {
    const picture = { type: 'screenshot', name: 'n\0ul' };
    const missing = { type: 'extract', name: 'page', fields: { text: '.hera' }, timeout: 1_500 };
    const { failure, artifacts } = await robots.run([open('/odd'), picture, missing]);
    expect(failure).toMatchObject({ code: 'SELECTOR_NO_MATCH', details: { title: cleaned } });
    expect(JSON.stringify(failure)).not.toMatch(/\\u0000|\\ud[89a-f]/);
    expect(artifacts[0]!.name).toBe('nul.png');
  });
});
