/** Paths that begin so, up to a slash or the end. */
export function pathsUnder(...mounts: string[]): (path: string) => boolean {
  return (path) => mounts.some((mount) => path === mount || path.startsWith(`${mount}/`));
}
