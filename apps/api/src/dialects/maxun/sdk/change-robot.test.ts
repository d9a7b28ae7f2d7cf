import { aDefinition } from '@runnel/testing';
import { changedDefinition } from './change-robot';

const open = { type: 'navigate', url: 'https://shop.test/' };
const scrape = aDefinition({ steps: [open, { type: 'content', formats: ['markdown'] }] });
const list = { type: 'extractList', name: 'List 1', item: 'li', fields: { a: 'a' } };
const oneList = aDefinition({ steps: [open, list] });
const limit = { pairIndex: 0, actionIndex: 0, argIndex: 0, limit: 7 };

test('a robot that is sent as it is does the same as before', () => {
  const meta = {
    type: 'scrape',
    robotType: 'scrape',
    url: open.url,
    formats: ['markdown'],
    name: 'New name',
  };
  expect(changedDefinition(scrape, { meta })).toBeNull();
  expect(changedDefinition(oneList, { meta: { url: open.url, formats: [] } })).toBeNull();
  expect(changedDefinition(scrape, { workflow: [], meta })).toBeNull();
  expect(changedDefinition(scrape, {})).toBeNull();
});

test('address, formats and limit change alone', () => {
  const url = 'https://shop.test/tea';
  const steps = [{ url }, { formats: ['html', 'text'] }];
  expect(changedDefinition(scrape, { meta: { url, formats: ['text', 'html'] } })).toMatchObject({ steps });
  expect(changedDefinition(oneList, { limits: [limit] })).toMatchObject({ steps: [open, { limit: 7 }] });
});

test('a workflow takes the place of everything', () => {
  const sent = { workflow: [{ where: {}, what: [] }], meta: { name: 'Shop' } };
  expect(changedDefinition(oneList, sent)).toEqual({
    meta: { robotType: 'extract', name: 'Shop' },
    workflow: sent.workflow,
  });
});

test.each([
  [
    'limits of a robot with two lists',
    aDefinition({ steps: [open, list, { ...list, name: 'b' }] }),
    { limits: [limit] },
  ],
  ['two limits for one list', oneList, { limits: [limit, limit] }],
  ['limits beside a workflow', oneList, { limits: [limit], workflow: [{}] }],
  ['formats of a robot that reads no whole page', oneList, { meta: { formats: ['html'] } }],
  ['an empty workflow alone', scrape, { workflow: [] }],
  ['no format at all', scrape, { meta: { formats: [] } }],
  ['another type', scrape, { meta: { robotType: 'crawl' } }],
  ['an address with a placeholder', scrape, { meta: { url: 'https://shop.test/{{x}}' } }],
  ['an address that is none', scrape, { meta: { url: 'shop' } }],
  ['an address of no site', scrape, { meta: { url: 'file:///etc/passwd' } }],
  ['an address that is too long', scrape, { meta: { url: `https://shop.test/${'x'.repeat(8_000)}` } }],
  [
    'an address where none is opened',
    aDefinition({ steps: [{ ...open, url: 'about:blank' }] }),
    { meta: { url: open.url } },
  ],
])('cannot be changed so: %s', (_what, before, sent) => {
  expect(() => changedDefinition(before, sent)).toThrow(
    expect.objectContaining({ status: 400, faults: [expect.objectContaining({ path: expect.any(String) })] }),
  );
});
