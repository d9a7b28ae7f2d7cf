import { KeyStore, type DataSource, type KeyPlace, type KeyView } from '@runnel/store';

/** The key, also one that opens nothing any more; null: there was never one. */
export function findKey({ manager }: DataSource, place: KeyPlace): Promise<KeyView | null> {
  return new KeyStore(manager).find(place);
}
