import type { ProcessParts } from '@runnel/runtime';
import { openVault, type SecretDeps } from '@runnel/services';
import { withLedger } from '../spaces/with-ledger';

/** Does a piece of work on the secrets of the installation that the settings name, which may be in use. */
export async function withSecrets<T>(
  parts: ProcessParts,
  work: (deps: SecretDeps) => Promise<T>,
): Promise<T> {
  const vault = await openVault(parts.settings);
  return withLedger(parts, (dataSource) => work({ dataSource, vault }));
}
