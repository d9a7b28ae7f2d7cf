import { SecretStore, type DataSource } from '@runnel/store';

/** False when there is no such secret. Runs that need it fail from now on. */
export async function deleteSecret(
  dataSource: DataSource,
  secret: { spaceId: string; name: string },
): Promise<boolean> {
  return new SecretStore(dataSource.manager).delete(secret);
}
