/** What a key may be let do. `robots:*` and `runs:*` are both of their kind, `admin` is everything. */
export const scopes = [
  'runs:read',
  'runs:write',
  'runs:*',
  'robots:read',
  'robots:write',
  'robots:*',
  'admin',
] as const;
export type Scope = (typeof scopes)[number];

/** True when a key with these scopes may do what `wanted` stands for. */
export function allows(given: readonly Scope[], wanted: Scope): boolean {
  const [kind] = wanted.split(':');
  return given.some((scope) => scope === 'admin' || scope === wanted || scope === `${kind}:*`);
}
