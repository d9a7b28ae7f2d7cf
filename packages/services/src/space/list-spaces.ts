import { SpaceStore, type DataSource, type SpaceUsage } from '@runnel/store';

/** All spaces, with what is going on in them; the oldest first. */
export async function listSpaces(dataSource: DataSource): Promise<SpaceUsage[]> {
  return new SpaceStore(dataSource.manager).list();
}
