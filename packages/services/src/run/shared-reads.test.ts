import { SharedReads } from './shared-reads';

/** Reads that end when the test says so, with what is true when they begin. */
function controlled() {
  const begun: { key: string; end: (error?: Error) => void }[] = [];
  let truth = 0;
  const reads = new SharedReads(
    (key: string) => key,
    (key) => {
      const read = truth;
      return new Promise<number>((resolve, reject) => {
        begun.push({ key, end: (error) => (error ? reject(error) : resolve(read)) });
      });
    },
  );
  return { reads, begun, change: () => (truth += 1) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('those who ask for the same in one turn share one read, and others have their own', async () => {
  const { reads, begun } = controlled();
  const asked = [reads.read('a'), reads.read('a'), reads.read('b')];
  await turn();
  await turn();
  expect(begun.map(({ key }) => key)).toEqual(['a', 'b']);
  for (const { end } of begun) end();
  expect(await Promise.all(asked)).toEqual([0, 0, 0]);
});

test('who asks while a read is under way has the next one, and sees what changed meanwhile', async () => {
  const { reads, begun, change } = controlled();
  const first = reads.read('a');
  await turn();
  await turn();
  change();
  const later = [reads.read('a'), reads.read('a')];
  await turn();
  await turn();
  expect(begun).toHaveLength(1);
  begun[0]!.end();
  expect(await first).toBe(0);
  await turn();
  expect(begun).toHaveLength(2);
  begun[1]!.end();
  expect(await Promise.all(later)).toEqual([1, 1]);
});

test('a read that fails fails for those who shared it, and for nobody after them', async () => {
  const { reads, begun } = controlled();
  const asked = [reads.read('a'), reads.read('a')];
  await turn();
  await turn();
  const later = reads.read('a');
  begun[0]!.end(new Error('away'));
  for (const one of asked) await expect(one).rejects.toThrow('away');
  await turn();
  await turn();
  begun[1]!.end();
  expect(await later).toBe(0);
});
