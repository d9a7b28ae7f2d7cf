import { RE2JS } from 're2js';

/**
 * Whether a crawl goes to an address: a glob that begins with `/` is of paths on the first page's origin, any other of
 * whole addresses; without `include` it stays on that origin.
 */
export function linkFilter(
  origin: string,
  { include, exclude }: { include: string[]; exclude: string[] },
): (address: string) => boolean {
  const [isIncluded, isExcluded] = [matcherOf(include, origin), matcherOf(exclude, origin)];
  return (address) => {
    const url = new URL(address);
    return (include.length === 0 ? url.origin === origin : isIncluded(url)) && !isExcluded(url);
  };
}

function matcherOf(globs: string[], origin: string): (url: URL) => boolean {
  const compiled = globs.map((glob) => ({
    isPath: glob.startsWith('/'),
    pattern: RE2JS.compile(globPattern(glob)),
  }));
  return (url) =>
    compiled.some(({ isPath, pattern }) =>
      isPath ? url.origin === origin && pattern.matches(url.pathname) : pattern.matches(url.href),
    );
}

/**
 * A glob as a regular expression that takes linear time: `*` is anything but `/`, `**` anything, `?` one character but
 * `/`, `{a,b}` one of these. `/**` at the end stands for the folder itself as well.
 */
function globPattern(glob: string): string {
  const isFolder = glob.endsWith('/**');
  const parts = (isFolder ? glob.slice(0, -3) : glob).match(/\*\*\/?|\*|\?|\{[^{}]*\}|[^*?{}]+|[{}]/g) ?? [];
  const written = parts.map((part) => {
    if (part.startsWith('**')) return part.endsWith('/') ? '(?:.*/)?' : '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (/^\{.*\}$/.test(part))
      return `(?:${part
        .slice(1, -1)
        .split(',')
        .map((each) => RE2JS.quote(each))
        .join('|')})`;
    return RE2JS.quote(part);
  });
  return `${written.join('')}${isFolder ? '(?:/.*)?' : ''}`;
}
