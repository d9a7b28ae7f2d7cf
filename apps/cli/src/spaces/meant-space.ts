import { meantSpaces, type Ledger } from '@runnel/services';
import { UsageError } from '../usage-error';

/** The one space that `--space NAME_OR_ID` means; without it the first. @throws UsageError */
export async function meantSpace(
  dataSource: Ledger['dataSource'],
  nameOrId: string | undefined,
): Promise<{ id: string; name: string }> {
  const meant = await meantSpaces(dataSource, nameOrId ?? null);
  const [only, ...others] = meant;
  if (!only) {
    throw new UsageError(
      nameOrId === undefined
        ? 'There is no space yet: `runnel spaces create NAME` makes one'
        : `There is no space "${nameOrId}"; \`runnel spaces\` lists them`,
    );
  }
  if (others.length === 0) return only;
  const ids = meant.map(({ id }) => id).join(', ');
  throw new UsageError(`${meant.length} spaces are called "${nameOrId ?? ''}"; give the id of one: ${ids}`);
}
