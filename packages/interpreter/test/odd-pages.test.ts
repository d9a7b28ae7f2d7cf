import { page, serveSite, type Page, type Site, RobotRunner } from '@runnel/testing';
import { describeEngines } from './describe-engines';

let robots: RobotRunner;
let site: Site;

const bytes =
  (contentType: string, body: Buffer | string): Page =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': contentType }).end(body);
  };

const hops = 40;
/** Many elements to look through, and gone in a moment. */
const hopPage = (hop: number): string =>
  page(
    `<ul>${'<li>old</li>'.repeat(200)}</ul><script>setTimeout(() => location.replace("${hop + 1 < hops ? `/hop/${hop + 1}` : '/first'}"), ${hop % 7})</script>`,
  );

beforeAll(async () => {
  robots = await RobotRunner.start();
  site = await serveSite({
    '/first': page('<ul><li>kept</li></ul>'),
    '/for-ever': (_request, response) => response.writeHead(302, { location: '/for-ever' }).end(),
    '/invalid-charset': bytes('text/html; charset=nonsense', page('<ul><li>caf\u00e9</li></ul>')),
    '/wrong-bytes': bytes('text/html; charset=utf-8', Buffer.from('<ul><li>a\xffb</li></ul>', 'latin1')),
    '/nul': bytes('text/html; charset=utf-8', `<ul><li>n\0ul &#0; lone &#xD800; \u{1f600}</li></ul>`),
    '/large': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(`<ul>${`<li>${'x'.repeat(1024 * 1024)}</li>`.repeat(50)}</ul>`);
    },
    '/dialogs': page(
      '<script>alert(1); confirm(2); prompt(3); onbeforeunload = () => "stay";</script><ul><li>told</li></ul>',
    ),
    ...Object.fromEntries(Array.from({ length: hops }, (_, hop) => [`/hop/${hop}`, hopPage(hop)])),
  });
});

afterAll(async () => {
  await Promise.all([robots.close(), site.close()]);
});

const open = (path: string) => ({ type: 'navigate', url: `${site.url}${path}` });
const read = { type: 'extractList', item: 'li', fields: { text: ':scope' } };

describeEngines((engine) => {
  const run = (steps: object[]) => robots.run(steps, { engine });

  test('redirects without end have a code, and the rows before are kept', async () => {
    const { lists, failure } = await run([open('/first'), read, open('/for-ever')]);
    expect(failure).toMatchObject({
      code: 'NAVIGATION_FAILED',
      step: 2,
      message: expect.stringContaining('redirects without end'),
    });
    expect(lists['rows']).toEqual([{ text: 'kept' }]);
  });

  test('invalid bytes, NUL and halves of pairs come as documented', async () => {
    const text = async (path: string) => (await run([open(path), read])).lists['rows'];
    expect(await text('/wrong-bytes')).toEqual([{ text: 'a\ufffdb' }]);
    expect(await text('/nul')).toEqual([{ text: 'nul \ufffd lone \ufffd \u{1f600}' }]);
    expect(await text('/invalid-charset')).toEqual([{ text: 'caf\u00e9' }]);
  });

  test('a page of 50 MB is read, or refused by its size', async () => {
    const { lists, failure } = await run([
      open('/first'),
      read,
      { ...open('/large'), timeout: 60_000 },
      { ...read, timeout: 60_000 },
    ]);
    expect(lists['rows']![0]).toEqual({ text: 'kept' });
    if (engine === 'http') expect(failure).toMatchObject({ code: 'PAGE_TOO_LARGE', step: 2 });
    else expect([failure, lists['rows']!.length]).toEqual([null, 51]);
  });
});

test('dialogs hold up nothing', async () => {
  const { lists, failure } = await robots.run([open('/dialogs'), read, open('/first'), read]);
  expect(failure).toBeNull();
  expect(lists['rows']).toEqual([{ text: 'told' }, { text: 'kept' }]);
});

test('a page that goes on while it is read is read again', async () => {
  const steps = [open('/hop/0'), { type: 'waitForElement', selectors: ['text/kept'], timeout: 20_000 }, read];
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => robots.run(steps)));
  expect(outcomes.map(({ lists, failure }) => failure ?? lists['rows'])).toEqual(
    Array(8).fill([{ text: 'kept' }]),
  );
});
