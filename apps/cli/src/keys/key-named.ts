import { findKey, type Ledger } from '@runnel/services';
import { meantSpace } from '../spaces/meant-space';
import { UsageError } from '../usage-error';
import { uuid } from './uuid';

/** The key that a command names by its id. @throws UsageError */
export async function keyNamed(
  dataSource: Ledger['dataSource'],
  { id, space }: { id: string | undefined; space: string | undefined },
): Promise<{ spaceId: string; id: string; name: string }> {
  if (id === undefined) throw new UsageError('Which ID?');
  const { id: spaceId, name } = await meantSpace(dataSource, space);
  const key = uuid.test(id) ? await findKey(dataSource, { spaceId, id }) : null;
  if (key) return key;
  throw new UsageError(`Space ${name} has no key ${id}; \`runnel keys\` lists them`);
}
