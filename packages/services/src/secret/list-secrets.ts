import { SecretStore, type DataSource, type SecretView } from '@runnel/store';

/** The secrets of a space by name, without what they say. */
export async function listSecrets(dataSource: DataSource, spaceId: string): Promise<SecretView[]> {
  return new SecretStore(dataSource.manager).list(spaceId);
}
