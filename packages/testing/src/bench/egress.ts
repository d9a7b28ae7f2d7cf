import { rm } from 'node:fs/promises';
import type { BrowserPool } from '@runnel/browser';
import type { Definition } from '@runnel/contracts';
import { runDefinition } from '@runnel/interpreter';
import { CollectedOutput } from '../collected-output';
import { temporaryFolder } from '../temporary-folder';
import { testEgress } from '../test-egress';
import { startTestPool } from '../test-session';
import { report, type Round } from './report';

const rounds = 7;

/** What is read in a round. */
interface Work {
  robots: Definition[];
  concurrency: number;
}

/** The same robots in this process by two pools: one whose pages go through the egress gate, one without any. */
export async function benchEgress(work: Work): Promise<void> {
  const profilesFolder = await temporaryFolder('runnel-bench-egress-');
  const filtered = await startTestPool({ profilesFolder, egress: testEgress() });
  const open = await startTestPool({ profilesFolder, egress: null });
  await pagesPerSecond(filtered, work);
  await pagesPerSecond(open, work);
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    // Who is first changes, so that neither has the quieter half of each round.
    const [first, second] = round % 2 === 0 ? [filtered, open] : [open, filtered];
    const [one, other] = [await pagesPerSecond(first, work), await pagesPerSecond(second, work)];
    measured.push(first === filtered ? { ours: one, theirs: other } : { ours: other, theirs: one });
  }
  report('With the egress gate beside the same without it', 'pages/s', measured);
  await Promise.all([filtered.close(), open.close()]);
  await rm(profilesFolder, { recursive: true, force: true });
}

async function pagesPerSecond(pool: BrowserPool, { robots, concurrency }: Work): Promise<number> {
  const left = [...robots];
  const startedAt = performance.now();
  const loop = async (): Promise<void> => {
    for (let robot = left.shift(); robot !== undefined; robot = left.shift()) await runOne(pool, robot);
  };
  await Promise.all(Array.from({ length: concurrency }, loop));
  return (robots.length / (performance.now() - startedAt)) * 1000;
}

async function runOne(pool: BrowserPool, definition: Definition): Promise<void> {
  const { signal } = new AbortController();
  const session = await pool.open(definition.options, signal);
  const output = new CollectedOutput();
  await runDefinition(definition, {}, { session, output, signal });
  await session.close();
  const { length } = output.lists['rows'] ?? [];
  if (length !== 20) throw new Error(`${length} rows of 20`);
}
