import type { NewApiKey } from '@runnel/store';
import { hashApiKey, prefixOf } from '../space/api-key';

/** The key that a space begins with: it may everything, and does not end. */
export function firstKey(spaceId: string, secret: string): NewApiKey {
  return {
    ...{ spaceId, name: 'first', prefix: prefixOf(secret), hash: hashApiKey(secret), scopes: ['admin'] },
    ...{ robotId: null, domains: null, dailyTasks: null, expiresAt: null },
  };
}
