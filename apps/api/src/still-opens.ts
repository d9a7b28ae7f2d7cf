import { isUnavailable, KeyStore } from '@runnel/store';
import type { ApiDeps } from './deps';
import { whyOver } from './authenticate';
import type { AskingKey } from './operation';

/** Says of the key of an answer that goes on and on whether it still opens it: looked up again once in `everyMs`. */
export function stillOpens(
  { dataSource }: Pick<ApiDeps, 'dataSource'>,
  { spaceId, id }: AskingKey,
  everyMs: number,
): () => Promise<boolean> {
  const store = new KeyStore(dataSource.manager);
  let lookedAt = performance.now();
  let opens = true;
  return async () => {
    if (!opens || performance.now() - lookedAt < everyMs) return opens;
    lookedAt = performance.now();
    try {
      const key = await store.find({ spaceId, id });
      opens = key !== null && whyOver(key) === null;
    } catch (error) {
      // What is not known to be over goes on.
      if (!isUnavailable(error)) throw error;
    }
    return opens;
  };
}
