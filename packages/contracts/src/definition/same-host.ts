/** True for an address at the host and port of `usual`; where that is by https, by https only. */
export function isSameHost(usual: URL, asked: URL): boolean {
  const isWeaker = usual.protocol === 'https:' && asked.protocol !== 'https:';
  return usual.host === asked.host && !isWeaker;
}
