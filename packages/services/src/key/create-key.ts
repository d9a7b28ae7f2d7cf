import { scopes as knownScopes, type Fault, type Scope } from '@runnel/contracts';
import { KeyStore, type DataSource, type KeyView } from '@runnel/store';
import { InvalidInputError } from '../invalid-input';
import { hashApiKey, newApiKey, prefixOf } from '../space/api-key';
import { domainIn } from './domain-in';
import { keyRules } from './key-rules';

export interface NewKey {
  spaceId: string;
  name: string;
  scopes: readonly string[];
  robotId?: string | null;
  domains?: readonly string[] | null;
  dailyTasks?: number | null;
  expiresAt?: Date | null;
}

/** A key that was made now: what opens the space can be told once, and never again. */
export interface MadeKey {
  key: string;
  apiKey: KeyView;
}

/** Makes a key. @throws InvalidInputError with every fault */
export async function createKey(dataSource: DataSource, given: NewKey): Promise<MadeKey> {
  const { spaceId, robotId = null, dailyTasks = null, expiresAt = null } = given;
  const faults = faultsOf(given);
  if (faults.length > 0) throw wrongKey(faults);
  const scopes = [...new Set(given.scopes)].filter(isScope);
  const domains = given.domains
    ? [...new Set(given.domains.map(domainIn))].filter((each) => each !== null)
    : null;
  return dataSource.transaction(async (manager) => {
    const store = new KeyStore(manager);
    if (robotId !== null && !(await store.holdRobot(spaceId, robotId))) {
      throw wrongKey([{ path: 'robotId', message: 'there is no such robot', found: robotId }]);
    }
    const limits = { scopes, robotId, domains, dailyTasks, expiresAt };
    return addKey(store, { spaceId, name: given.name.trim(), ...limits });
  });
}

/** In a transaction, with what was checked before. */
export async function addKey(
  store: KeyStore,
  rights: Pick<KeyView, 'spaceId' | 'name' | 'scopes' | 'robotId' | 'domains' | 'dailyTasks' | 'expiresAt'>,
): Promise<MadeKey> {
  const key = newApiKey();
  const apiKey = await store.add({ ...rights, prefix: prefixOf(key), hash: hashApiKey(key) });
  if (!apiKey) throw new Error('a new key was there already');
  return { key, apiKey };
}

function isScope(word: string): word is Scope {
  return knownScopes.some((scope) => scope === word);
}

function faultsOf(given: NewKey): Fault[] {
  return [...nameFaults(given), ...scopeFaults(given), ...limitFaults(given), ...domainFaults(given)];
}

function nameFaults({ name }: NewKey): Fault[] {
  const text = name.trim();
  if (text !== '' && text.length <= keyRules.longestName && !/\p{Cc}/u.test(text)) return [];
  const message = `must be 1 to ${keyRules.longestName} characters in one line`;
  return [{ path: 'name', message, found: name.slice(0, keyRules.longestName) }];
}

function scopeFaults({ scopes }: NewKey): Fault[] {
  if (scopes.length === 0)
    return [{ path: 'scopes', message: 'must hold at least one', allowed: [...knownScopes] }];
  return scopes.flatMap((scope, index) =>
    isScope(scope)
      ? []
      : [{ path: `scopes[${index}]`, message: 'is not a scope', found: scope, allowed: [...knownScopes] }],
  );
}

/** Who may make keys and read all could give himself whatever such a key has not. */
function limitFaults({ scopes, robotId, domains, dailyTasks, expiresAt }: NewKey): Fault[] {
  const faults: Fault[] = [];
  if (scopes.includes('admin')) {
    const message = 'does not go with the scope admin, which may everything';
    const given = { robotId, domains, dailyTasks };
    for (const [path, limit] of Object.entries(given)) {
      if (limit !== null && limit !== undefined) faults.push({ path, message });
    }
  }
  const { least, most } = keyRules.dailyTasks;
  const isNumber = (tasks: number): boolean => Number.isInteger(tasks) && tasks >= least && tasks <= most;
  if (typeof dailyTasks === 'number' && !isNumber(dailyTasks)) {
    faults.push({
      path: 'dailyTasks',
      message: `must be a whole number from ${least} to ${most}`,
      found: dailyTasks,
    });
  }
  if (expiresAt && !(expiresAt.getTime() > Date.now())) {
    faults.push({ path: 'expiresAt', message: 'must be a moment to come', found: expiresAt });
  }
  return faults;
}

function domainFaults({ domains }: NewKey): Fault[] {
  if (!domains) return [];
  if (domains.length === 0) {
    return [{ path: 'domains', message: 'must hold at least one host; leave it out for any' }];
  }
  if (domains.length > keyRules.mostDomains) {
    return [{ path: 'domains', message: `holds more than ${keyRules.mostDomains} hosts` }];
  }
  const message =
    'must be a host like example.com, or *.example.com for those below it: no scheme, port or path';
  return domains.flatMap((domain, index) =>
    domainIn(domain) === null ? [{ path: `domains[${index}]`, message, found: domain.slice(0, 300) }] : [],
  );
}

function wrongKey(faults: Fault[]): InvalidInputError {
  return new InvalidInputError('The key is not right', faults);
}
