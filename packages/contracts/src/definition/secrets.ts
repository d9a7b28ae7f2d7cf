import type { Inputs } from '../records';
import type { Definition, Options } from './definition';
import { pathOf, type Fault } from './fault';
import { fill, placeholdersIn } from './fill';
import { secretIn, secretName, secretPrefix } from './secret-placeholder';

/** The names of all secrets that a robot uses, each once. */
export function secretNames({ steps, options }: Pick<Definition, 'steps' | 'options'>): string[] {
  return secretsIn([steps, filledParts(options)]);
}

/** The same in any value. */
export function secretsIn(value: unknown): string[] {
  const found = [...placeholdersIn(value, [])].map(({ name }) => secretIn(name));
  return [...new Set(found.filter((name) => name !== null))];
}

/** Where a document uses secrets whose names none can have. */
export function wronglyNamedSecrets(document: { steps?: unknown; options?: unknown }): Fault[] {
  const { steps, options } = document;
  const found = [...placeholdersIn(steps, ['steps']), ...placeholdersIn(filledParts(options), ['options'])];
  return found.flatMap(({ path, name }) => {
    const secret = secretIn(name);
    if (secret === null || secretName.test(secret)) return [];
    const message = `uses {{${name}}}: a secret's name must hold letters, digits, _ or -`;
    return [{ path: pathOf(path), message, found: `{{${name}}}` }];
  });
}

/** All that steps are filled from, at once: what one value says is not filled again. */
export function withSecrets(inputs: Inputs, secrets: ReadonlyMap<string, string>): Inputs {
  const others = Object.entries(inputs).filter(([name]) => secretIn(name) === null);
  const named = [...secrets].map(([name, value]) => [`${secretPrefix}${name}`, value] as const);
  return Object.fromEntries([...others, ...named]);
}

/**
 * The options with the secrets of their proxy filled, and without the headers that hold secrets: those are for one site
 * alone, and `ownHeaders` gives them.
 */
export function filledOptions(options: Options, secrets: ReadonlyMap<string, string>): Options {
  const { headers, proxy } = options;
  const { username = null, password = null } = proxy ?? {};
  const plain = Object.entries(headers).filter(([, value]) => secretsIn(value).length === 0);
  return {
    ...options,
    headers: Object.fromEntries(plain),
    proxy: proxy && { ...proxy, ...fill({ username, password }, withSecrets({}, secrets)) },
  };
}

/** The parts of options in which secrets are filled. Where a proxy is stands in plain. */
function filledParts(options: unknown): unknown {
  if (typeof options !== 'object' || options === null) return {};
  const { headers, proxy } = options as { headers?: unknown; proxy?: unknown };
  if (typeof proxy !== 'object' || proxy === null) return { headers };
  const { username, password } = proxy as { username?: unknown; password?: unknown };
  return { headers, proxy: { username, password } };
}
