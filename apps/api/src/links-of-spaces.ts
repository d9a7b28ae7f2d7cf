import { SpaceStore, type DataSource } from '@runnel/store';
import type { Links } from './run-links';

const rememberCount = 10_000;

export type LinksOf = (spaceId: string, base: string) => Promise<Links>;

/** What the links of a space are made with. Its key never changes, so it is read once. */
export function linksOfSpaces({ manager }: DataSource): LinksOf {
  const store = new SpaceStore(manager);
  const known = new Map<string, Buffer>();

  async function keyOf(spaceId: string): Promise<Buffer | null> {
    const key = await store.signingKey(spaceId);
    if (known.size >= rememberCount) known.clear();
    if (key) known.set(spaceId, key);
    return key;
  }

  return async (spaceId, base) => ({
    base,
    signingKey: spaceId === '' ? null : (known.get(spaceId) ?? (await keyOf(spaceId))),
  });
}
