import type { BrowserPool } from '@runnel/browser';
import { FailureError, type Inputs } from '@runnel/contracts';
import {
  aDefinition,
  CollectedOutput,
  openTestSession,
  serveSite,
  startTestPool,
  type Site,
} from '@runnel/testing';
import { runDefinition } from '../src';

const form = '<!doctype html><input id="p">';
const secrets = new Map([['shop', 'a-planted-secret']]);

let pool: BrowserPool;
let shop: Site;
let elsewhere: Site;

beforeAll(async () => {
  pool = await startTestPool();
  elsewhere = await serveSite({ '/in': form });
  const away = `${elsewhere.url.replace('127.0.0.1', 'localhost')}/in`;
  shop = await serveSite({
    '/in': form,
    '/in?x': form,
    '/out': (_request, response) => response.writeHead(302, { location: away }).end(),
  });
});

afterAll(async () => {
  await pool.close();
  await Promise.all([shop.close(), elsewhere.close()]);
});

const typing = { type: 'change', selectors: ['#p'], value: '{{secret.shop}}' };

function signIn(url: string, inputs: Inputs): Promise<unknown> {
  return failureOf(
    { inputs: [{ name: 'path', default: 'in' }], steps: [{ type: 'navigate', url }, typing] },
    inputs,
  );
}

async function failureOf(document: Record<string, unknown>, inputs: Inputs): Promise<unknown> {
  const definition = aDefinition(document);
  const session = await openTestSession(pool);
  const { signal } = new AbortController();
  try {
    await runDefinition(definition, inputs, { session, output: new CollectedOutput(), signal, secrets });
    return null;
  } catch (error) {
    return error instanceof FailureError ? error.failure : error;
  } finally {
    await session.close();
  }
}

test('a secret is not typed into a page of another host to which inputs have led', async () => {
  expect(await signIn(`${shop.url}/{{path}}`, { path: 'out' })).toMatchObject({
    code: 'SECRET_REFUSED',
    message: expect.stringMatching(/the page http:\/\/localhost:\d+\/in.*by itself are 127\.0\.0\.1:\d+$/),
  });
});

test('it is typed where inputs lead to the same host, and where the robot goes its own way', async () => {
  expect(await signIn(`${shop.url}/{{path}}`, { path: 'in?x' })).toBeNull();
  expect(await signIn(`${shop.url}/out`, { path: 'in' })).toBeNull();
});

test('it is not typed into a page that an input stands for in what a robot follows', async () => {
  const url = { selector: '.none', default: '{{link}}' };
  const document = {
    inputs: [{ name: 'link', default: `${shop.url}/in` }],
    steps: [
      { type: 'navigate', url: `${shop.url}/in` },
      { type: 'extractList', name: 'links', item: 'body', fields: { url } },
      { type: 'follow', from: 'links', url: 'url', steps: [typing] },
    ],
    options: { robotsTxt: 'ignore' },
  };
  expect(await failureOf(document, {})).toBeNull();
  const away = `${elsewhere.url.replace('127.0.0.1', 'localhost')}/in`;
  expect(await failureOf(document, { link: away })).toMatchObject({ code: 'SECRET_REFUSED' });
});
