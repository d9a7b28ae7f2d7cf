import { isUnavailable, KeyStore } from '@runnel/store';
import { whyOver } from './authenticate';
import type { ApiDeps } from './deps';
import type { AskingKey } from './operation';

const mostKeys = 10_000;

/** Says of keys whose answers go on and on whether they still open them: each is looked up once in `everyMs`, for all. */
export function stillOpens(
  { dataSource }: Pick<ApiDeps, 'dataSource'>,
  everyMs: number,
): (key: AskingKey) => Promise<boolean> {
  const store = new KeyStore(dataSource.manager);
  const known = new Map<string, { until: number; opens: Promise<boolean> }>();

  async function look({ spaceId, id }: AskingKey): Promise<boolean> {
    try {
      const key = await store.find({ spaceId, id });
      return key !== null && whyOver(key) === null;
    } catch (error) {
      // What is not known to be over goes on.
      if (isUnavailable(error)) return true;
      throw error;
    }
  }

  return (key) => {
    const now = performance.now();
    const found = known.get(key.id);
    if (found && found.until > now) return found.opens;
    if (known.size >= mostKeys) known.clear();
    const opens = look(key);
    known.set(key.id, { until: now + everyMs, opens });
    return opens;
  };
}
