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
import { mask, runDefinition } from '../src';

const password = `h&nter "2" <ü> s3cret/+`;
const secrets = new Map([
  ['password', password],
  ['pin', '424242'],
]);

/** Says what it was sent in every form that a page has. */
const echo = `<!doctype html><meta charset="utf-8"><title>Echo</title><h1>Echo</h1><input id="p"><i id="pin">424242</i><script>
  const said = decodeURIComponent(location.hash.slice(1));
  const forms = [said, encodeURIComponent(said), new URLSearchParams({ p: said }).toString(), JSON.stringify({ said }),
    JSON.stringify(JSON.stringify(said)), btoa(unescape(encodeURIComponent('me:' + said)))];
  for (const form of forms) {
    const item = document.body.appendChild(document.createElement('li')).appendChild(document.createElement('b'));
    item.textContent = form;
    item.title = form;
  }
  document.title = said;
</script>`;

let pool: BrowserPool;
let site: Site;

beforeAll(async () => {
  pool = await startTestPool();
  site = await serveSite({ '/': echo });
});

afterAll(async () => {
  await pool.close();
  await site.close();
});

/** All that a run gave, its failure among it, as one text. */
async function run(steps: object[], inputs: Inputs = {}) {
  const definition = aDefinition({
    inputs: [{ name: 'word' }].filter(({ name }) => name in inputs),
    steps: [{ type: 'navigate', url: `${site.url}/#{{secret.password}}` }, ...steps],
  });
  const { signal } = new AbortController();
  const session = await openTestSession(pool);
  const output = new CollectedOutput();
  const thrown = await runDefinition(definition, inputs, { session, output, signal, secrets }).then(
    () => null,
    (error: unknown) => error,
  );
  await session.close();
  mask(secrets).thrown(thrown);
  return { output, thrown };
}

const cause = (error: unknown): string =>
  error instanceof Error ? `${error.message} ${error.stack} ${cause(error.cause)}` : '';
const textOf = ({ output, thrown }: Awaited<ReturnType<typeof run>>): string =>
  [
    JSON.stringify(output.lists),
    ...output.warnings,
    ...output.artifacts.flatMap(({ name, bytes, contentType }) => [
      name,
      /text/.test(contentType) ? bytes.toString() : '',
    ]),
    thrown instanceof FailureError ? JSON.stringify(thrown.failure) : '',
    cause(thrown),
  ].join('\n');
const said = /h(?:&|%26|\\u0026)nter|s3cret|424242|czNjcmV0|MzY3JldC|zM2NyZXQ/i;

const partsThatSay = (all: Awaited<ReturnType<typeof run>>): string[] =>
  [...textOf(all).matchAll(new RegExp(`.{0,30}(?:${said.source}).{0,30}`, 'gi'))].map(([part]) => part);

describe('a page that echoes the secrets that it was sent', () => {
  test('says them in no row, and is read all the same', async () => {
    const all = await run([
      {
        type: 'extractList',
        name: 'said {{secret.password}}',
        item: 'li',
        fields: { text: 'b', title: { selector: 'b', attribute: 'title' } },
      },
      { type: 'extract', name: 'one', fields: { pin: { selector: '#pin', type: 'number' }, title: 'h1' } },
      { type: 'content', name: 'content', formats: ['html', 'text', 'markdown', 'links'] },
    ]);
    expect(partsThatSay(all)).toEqual([]);
    expect(all.thrown).toBeNull();
    const { lists } = all.output;
    expect(lists['one']).toMatchObject([{ pin: '***', title: 'Echo' }]);
    expect(lists['said ***']).toHaveLength(6);
    expect(lists['said ***']?.[0]).toEqual({ text: '***', title: '***' });
  });

  test('says them in no warning, failure or page that is kept of it', async () => {
    const all = await run([
      { type: 'click', selectors: ['#no-{{secret.pin}}'], optional: true, timeout: 200 },
      {
        type: 'extract',
        name: 'x',
        fields: { a: { selector: '[title="{{secret.pin}}"]', required: true } },
        timeout: 200,
      },
    ]);
    expect(all.thrown).toBeInstanceOf(FailureError);
    expect(all.output.warnings).toHaveLength(1);
    expect(all.output.artifacts.map(({ name }) => name)).toEqual(['failure.html', 'failure.png']);
    expect(textOf(all)).toContain('***');
    expect(partsThatSay(all)).toEqual([]);
  });

  test('gets no secret that an input names', async () => {
    const { output } = await run(
      [
        { type: 'change', selectors: ['#p'], value: '{{word}}' },
        { type: 'content', name: 'content', formats: ['text'] },
        { type: 'screenshot', name: '{{word}}' },
      ],
      { word: '{{secret.pin}}', 'secret.password': 'given' },
    );
    expect(output.artifacts.map(({ name }) => name)).toEqual(['{{secret.pin}}.png']);
  });
});
