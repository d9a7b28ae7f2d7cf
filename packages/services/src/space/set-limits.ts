import { SpaceStore, type DataSource, type SpaceLimits } from '@runnel/store';

/** What each limit may be; `none`: the word for no limit. */
export const limitRules = {
  maxQueued: { least: 0, most: 10_000_000, none: null },
  maxRunning: { least: 0, most: 1_000_000, none: 'none' },
  keepDays: { least: 1, most: 36_500, none: 'none' },
  keepRuns: { least: 1, most: 100_000_000, none: 'all' },
} as const satisfies Record<keyof SpaceLimits, object>;

/**
 * Changes limits of the space that has this id, or else this name. Gives all spaces that are meant: where it is not
 * one, none is changed.
 */
export async function setLimits(
  dataSource: DataSource,
  nameOrId: string,
  limits: Partial<SpaceLimits>,
): Promise<{ id: string; name: string }[]> {
  const store = new SpaceStore(dataSource.manager);
  const meant = await store.named(nameOrId);
  const [only, ...others] = meant;
  if (only && others.length === 0) await store.setLimits(only.id, limits);
  return meant;
}
