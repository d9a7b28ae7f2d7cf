import type { RowData } from '@runnel/contracts';
import { CollectedOutput } from '@runnel/testing';
import { mask } from '../src';
import { storableOutput } from '../src/storable-output';

const secret = 'hunter2-of-the-shop';
const masked = mask(new Map([['shop', secret]]));

test.each<[string, boolean]>([
  ['text/html; charset=utf-8', true],
  ['application/json', true],
  ['application/x-ndjson', true],
  ['application/javascript', true],
  ['image/svg+xml', true],
  ['application/vnd.of-a-shop', true],
  ['', true],
  ['image/png', false],
  ['application/pdf', false],
  ['application/octet-stream', false],
])('an artifact of the type %j is masked as text: %j', async (contentType, isMasked) => {
  const output = new CollectedOutput();
  const bytes = Buffer.from(`a ${secret}`);
  await storableOutput(output, masked).artifact({ name: 'x', extension: 'y', contentType, bytes });
  expect(output.artifacts[0]?.bytes.toString()).toBe(isMasked ? 'a ***' : `a ${secret}`);
});

test('artifacts whose names differ by secrets alone have names of their own', async () => {
  const output = new CollectedOutput();
  const storable = storableOutput(output, masked);
  for (const name of [secret, encodeURIComponent(secret), '***']) {
    await storable.artifact({ name, extension: 'png', contentType: 'image/png', bytes: Buffer.of() });
  }
  expect(output.artifacts.map(({ name }) => name)).toEqual(['***.png', '*** (2).png', '*** (3).png']);
});

test('many large rows of one call hold nothing up, and stay in order', async () => {
  const output = new CollectedOutput();
  const text = '%41&amp;\\u0041+'.repeat(70_000);
  const rows: RowData[] = Array.from({ length: 100 }, (_, index) => ({ index, text }));
  let turns = 0;
  const beat = setInterval(() => (turns += 1), 1);
  await storableOutput(output, masked).rows('x', rows);
  clearInterval(beat);
  expect(turns).toBeGreaterThan(3);
  expect(output.lists['x']?.map((row) => row['index'])).toEqual(rows.map((row) => row['index']));
});
