import { RobotStore, type DataSource } from '@runnel/store';

/** Removes a robot and its runs; workers that run one of them stop. False when there is no such robot. */
export async function deleteRobot(dataSource: DataSource, spaceId: string, id: string): Promise<boolean> {
  return dataSource.transaction((manager) => new RobotStore(manager).delete(spaceId, id));
}
