import picomatch from 'picomatch';

const isPath = (glob: string): boolean => glob.startsWith('/');

/**
 * Whether a crawl goes to an address: a glob that begins with `/` is of paths on the first page's origin, any other of
 * whole addresses; without `include` it stays on that origin.
 */
export function linkFilter(
  origin: string,
  { include, exclude }: { include: string[]; exclude: string[] },
): (address: string) => boolean {
  const matches = (globs: string[]): ((url: URL) => boolean) => {
    const paths = picomatch(globs.filter(isPath), { dot: true });
    const whole = picomatch(
      globs.filter((glob) => !isPath(glob)),
      { dot: true },
    );
    return (url) => (url.origin === origin && paths(url.pathname)) || whole(url.href);
  };
  const [isIncluded, isExcluded] = [matches(include), matches(exclude)];
  return (address) => {
    const url = new URL(address);
    return (include.length === 0 ? url.origin === origin : isIncluded(url)) && !isExcluded(url);
  };
}
