/** `at('recording.workflow', 1, 'what')` is `recording.workflow[1].what`; written as the faults of a definition are. */
export function at(path: string, ...keys: (string | number)[]): string {
  return keys.reduce<string>((parent, key) => {
    if (typeof key === 'number') return `${parent}[${key}]`;
    if (!/^[\w-]+$/.test(key)) return `${parent}[${JSON.stringify(key)}]`;
    return parent === '' ? key : `${parent}.${key}`;
  }, path);
}

/** A path and one that goes on from there: `args` and `[0].url`, or `workflow` and `meta`. */
export function join(path: string, rest: string): string {
  return path === '' || rest === '' || rest.startsWith('[') ? path + rest : `${path}.${rest}`;
}

/** The path and all that lead to it, the longest first; the last is the whole document, `''`. */
export function prefixesOf(path: string): string[] {
  const segments = path.match(/\.?[^.[\]]+|\[(?:\d+|"(?:\\.|[^"\\])*")\]/g) ?? [];
  return segments
    .reduce<string[]>((found, segment) => [`${found[0] ?? ''}${segment}`, ...found], [''])
    .filter((prefix, index, all) => all.indexOf(prefix) === index);
}

/** The path of everything in `value`. */
export function* pathsIn(value: unknown, path = ''): Generator<string> {
  yield path;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value) as [string, unknown][]) {
    yield* pathsIn(inner, at(path, Array.isArray(value) ? Number(key) : key));
  }
}

/** True when it holds lists or objects more than `levels` deep; looks no further than that. */
export function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(levels - 1, inner));
}
