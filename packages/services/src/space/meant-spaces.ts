import { SpaceStore, type DataSource } from '@runnel/store';

/** The space that has this id, or else those that have this name; null: the first there was. */
export async function meantSpaces(
  { manager }: DataSource,
  nameOrId: string | null,
): Promise<{ id: string; name: string }[]> {
  const store = new SpaceStore(manager);
  if (nameOrId !== null) return store.named(nameOrId);
  const first = await store.first();
  return first ? [first] : [];
}
