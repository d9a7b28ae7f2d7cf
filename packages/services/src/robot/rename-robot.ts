import { RobotStore, type DataSource, type RobotWithDefinition } from '@runnel/store';

/** Gives a robot another name, and no new version; with the definition that runs. Null when there is no such robot. */
export async function renameRobot(
  dataSource: DataSource,
  { spaceId, id, name }: { spaceId: string; id: string; name: string },
): Promise<RobotWithDefinition | null> {
  const store = new RobotStore(dataSource.manager);
  return (await store.rename(spaceId, id, name)) ? store.find(spaceId, id, 'published') : null;
}
