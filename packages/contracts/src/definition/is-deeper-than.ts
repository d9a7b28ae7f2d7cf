/** Looks no further down than that, so a value may be nested as deep as its sender likes. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (levels < 0) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}
