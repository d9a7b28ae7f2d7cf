import { KeyStore, type DataSource, type KeyView } from '@runnel/store';

const atOnce = 1_000;

/** All keys of a space, the oldest first; also those that open nothing any more. */
export async function listKeys({ manager }: DataSource, spaceId: string): Promise<KeyView[]> {
  const store = new KeyStore(manager);
  const keys: KeyView[] = [];
  for (;;) {
    const before = keys.at(-1)?.id ?? null;
    const { items } = await store.list(spaceId, { limit: atOnce, before });
    keys.push(...items);
    if (items.length < atOnce) return keys.reverse();
  }
}
