import { LoginStore, RobotStore, type DataSource, type LoginView } from '@runnel/store';

/** The logins that a robot keeps, by name; null when there is no such robot. */
export async function listLogins(
  dataSource: DataSource,
  spaceId: string,
  robotId: string,
): Promise<LoginView[] | null> {
  const robot = await new RobotStore(dataSource.manager).find(spaceId, robotId, 'draft');
  return robot && new LoginStore(dataSource.manager).list(spaceId, robotId);
}
