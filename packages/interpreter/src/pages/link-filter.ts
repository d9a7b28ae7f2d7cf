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
 * `/`, `{a,b}` one of these, which are globs as well. `/**` at the end stands for the folder itself too.
 */
function globPattern(glob: string): string {
  if (glob.endsWith('/**')) return `${globPattern(glob.slice(0, -3))}(?:/.*)?`;
  const parts = glob.match(/\*\*\/?|\*|\?|\{[^{}]*\}|[^*?{}]+|[{}]/g) ?? [];
  return parts.map(partPattern).join('');
}

function partPattern(part: string): string {
  if (part.startsWith('**')) return part.endsWith('/') ? '(?:.*/)?' : '.*';
  if (part === '*') return '[^/]*';
  if (part === '?') return '[^/]';
  const alternatives = /^\{(.*)\}$/.exec(part)?.[1];
  return alternatives === undefined
    ? RE2JS.quote(part)
    : `(?:${alternatives.split(',').map(globPattern).join('|')})`;
}
