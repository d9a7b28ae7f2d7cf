/** Under which of the dialect's two mounts a request came: links lead back under the same. */
export function mountOf(path: string): '' | '/v2' {
  return path.startsWith('/v2/') ? '/v2' : '';
}
