import { LoginStore, RobotStore, type DataSource, type LoginView } from '@runnel/store';

/** The logins that a robot keeps, by name; null when there is no such robot. */
export async function listLogins(
  dataSource: DataSource,
  spaceId: string,
  robotId: string,
): Promise<LoginView[] | null> {
  const { manager } = dataSource;
  if (!(await new RobotStore(manager).exists(spaceId, robotId))) return null;
  return new LoginStore(manager).list(spaceId, robotId);
}
