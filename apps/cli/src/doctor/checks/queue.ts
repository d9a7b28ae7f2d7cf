import { lookAtRedis } from '@runnel/services';
import type { Installation } from '../installation';
import { isLoopback } from '../is-loopback';
import { ok, problem, warning, type Finding } from '../finding';

export async function queue({ settings: { REDIS_URL: url } }: Installation): Promise<Finding[]> {
  if (url === null) return [ok('Jobs wait in the database')];
  const found = await lookAtRedis(url).catch(() => null);
  if (!found) return [problem('Redis does not answer', 'Look at REDIS_URL, and at whether it runs')];
  const { evictionPolicy, isOpen, bind } = found;
  return [policy(evictionPolicy), door(isOpen, { bind, host: new URL(url).hostname })];
}

function policy(evictionPolicy: string | null): Finding {
  if (evictionPolicy === 'noeviction') return ok('Redis keeps every job when its memory is full');
  const advice = 'Set maxmemory-policy to noeviction: else it throws jobs away when its memory is full';
  if (evictionPolicy === null) return warning('Redis does not tell its eviction policy', advice);
  return problem(`The eviction policy of Redis is ${evictionPolicy}`, advice);
}

function door(isOpen: boolean, { bind, host }: { bind: string | null; host: string }): Finding {
  if (!isOpen) return ok('Redis wants a password');
  const listens = bind?.split(/\s+/).filter((each) => each !== '') ?? [];
  const isAlone = listens.length > 0 && listens.every((each) => isLoopback(each.replace(/^-/, '')));
  if (isAlone || (bind === null && isLoopback(host)))
    return ok('Redis wants no password, and listens on this machine only');
  return warning(
    'Redis takes commands from anybody who reaches it',
    'Set requirepass, and put it into REDIS_URL',
  );
}
