import { SpaceStore, type DataSource } from '@runnel/store';

/** Processes that start together make one space. Any number will do, if nothing else on the server uses it. */
const firstSpaceLock = 7_276_636;

/** The oldest space, made now if there is none. In a transaction: until it ends, nobody else makes one. */
export async function firstSpace(manager: DataSource['manager']): Promise<string> {
  await manager.query('SELECT pg_advisory_xact_lock($1)', [firstSpaceLock]);
  const store = new SpaceStore(manager);
  return (await store.first())?.id ?? (await store.create('default'));
}
