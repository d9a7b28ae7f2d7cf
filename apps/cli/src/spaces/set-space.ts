import type { ProcessParts } from '@runnel/runtime';
import { setLimits } from '@runnel/services';
import { UsageError } from '../usage-error';
import { readLimits } from './read-limits';
import { withLedger } from './with-ledger';

/** `runnel spaces set NAME_OR_ID`: changes what a space may have, and what is kept of it. */
export async function setSpace(parts: ProcessParts, words: string[]): Promise<void> {
  const { wanted, limits } = readLimits(words);
  const meant = await withLedger(parts, (dataSource) => setLimits(dataSource, wanted, limits));
  const [only, ...others] = meant;
  if (!only) throw new UsageError(`There is no space "${wanted}"; \`runnel spaces\` lists them`);
  if (others.length > 0) {
    const ids = meant.map(({ id }) => id).join(', ');
    throw new UsageError(`${meant.length} spaces are called "${wanted}"; give the id of one: ${ids}`);
  }
  process.stdout.write(`${only.name}: space ${only.id} is changed\n`);
}
