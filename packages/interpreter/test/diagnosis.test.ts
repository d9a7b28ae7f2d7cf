import { answersWith, page, serveSite, type Site, RobotRunner } from '@runnel/testing';
import { describeEngines } from './describe-engines';

let robots: RobotRunner;
let site: Site;

beforeAll(async () => {
  robots = await RobotRunner.start();
  const products = Array.from(
    { length: 24 },
    (_, index) => `<div class="product-card"><b class="price">£${index}</b></div>`,
  );
  site = await serveSite({
    '/shop': page(`<main>${products.join('')}</main>`, 'The shop'),
    '/forbidden': answersWith(403),
    '/too-often': answersWith(429),
    '/unauthorized': answersWith(401),
    '/busy': (_request, response) => response.writeHead(503, { 'retry-after': '7' }).end(),
    '/challenge': (_request, response) => {
      response.writeHead(503, { 'content-type': 'text/html' });
      response.end(page('<div id="challenge-form">Checking your browser</div>', 'Just a moment...'));
    },
    '/account': (_request, response) => response.writeHead(302, { location: '/login' }).end(),
    '/login': page('<form><input name="user"><input type="password"></form>', 'Sign in'),
  });
});

afterAll(async () => {
  await Promise.all([robots.close(), site.close()]);
});

const open = (path: string) => ({ type: 'navigate', url: `${site.url}${path}` });
const read = (item: string) => ({ type: 'extractList', item, fields: { price: '.price' }, timeout: 200 });

describeEngines((engine) => {
  const run = (steps: object[]) => robots.run(steps, { engine });

  test('a selector that matched nothing answers with those that do, and with what the page is', async () => {
    const { failure, artifacts } = await run([open('/shop'), read('.produkt-card')]);
    expect(failure).toMatchObject({
      code: 'SELECTOR_NO_MATCH',
      step: 1,
      stepType: 'extractList',
      retryable: false,
    });
    expect(failure!.details).toMatchObject({
      title: 'The shop',
      status: 200,
      url: `${site.url}/shop`,
      selectors: ['.produkt-card'],
    });
    const nearest = failure!.details!['nearest'] as unknown[];
    expect(nearest[0]).toEqual({ selector: '.product-card', count: 24 });
    expect(nearest.length).toBeLessThanOrEqual(3);
    expect(failure!.message).toContain('The page has ".product-card" (24)');
    const pictures = engine === 'browser' ? ['failure.png'] : [];
    expect(artifacts.map(({ name }) => name)).toEqual(['failure.html', ...pictures]);
    expect(artifacts[0]!.bytes.toString()).toContain('product-card');
  });

  test('a required field tells the item and what is near', async () => {
    const fields = { price: { selector: '.prise', required: true } };
    const { failure } = await run([open('/shop'), { ...read('.product-card'), fields }]);
    expect(failure).toMatchObject({
      code: 'FIELD_REQUIRED',
      message: expect.stringContaining('Item 1 of ".product-card"'),
    });
    expect(failure!.details!['nearest']).toContainEqual({ selector: '.price', count: 24 });
  });

  test.each([
    ['/forbidden', 'BLOCKED', false],
    ['/too-often', 'RATE_LIMITED', true],
    ['/unauthorized', 'LOGIN_REQUIRED', false],
    ['/challenge', 'CAPTCHA', false],
  ])('%s is %s', async (path, code, retryable) => {
    const { failure } = await run([open(path)]);
    expect(failure).toMatchObject({ code, retryable, step: 0, details: { url: `${site.url}${path}` } });
  });

  test('a busy site tells when it wants to be asked again', async () => {
    const { failure } = await run([open('/busy')]);
    expect(failure).toMatchObject({
      code: 'HTTP_UNAVAILABLE',
      details: { status: 503, retryAfterMs: 7_000 },
    });
  });

  test('a page that led to a login says so', async () => {
    const { failure } = await run([open('/account'), read('.orders')]);
    expect(failure).toMatchObject({
      code: 'LOGIN_REQUIRED',
      message: expect.stringContaining(`${site.url}/login`),
    });
  });

  test('an optional step that fails is a warning and no evidence', async () => {
    const { failure, warnings, artifacts } = await run([
      open('/shop'),
      { ...read('.nothing'), optional: true },
    ]);
    expect([failure, artifacts]).toEqual([null, []]);
    expect(warnings.join()).toContain('Nothing on');
  });
});

test('an element that could not be clicked answers with those that are there', async () => {
  const { failure } = await robots.run([
    open('/shop'),
    { type: 'click', selectors: ['.product-crd'], timeout: 200 },
  ]);
  expect(failure).toMatchObject({
    code: 'ELEMENT_NOT_FOUND',
    details: { nearest: [{ selector: '.product-card', count: 24 }] },
  });
});
