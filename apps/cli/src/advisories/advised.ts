import type { InstalledPackage } from './installed-packages';
import advisories from './known-advisories.json';
import { versionOrder } from './version-order';

/** A package of a version of which somebody warned. */
export interface Advised extends InstalledPackage {
  /** Like GHSA-3h5v-q93c-6h6q. */
  id: string;
  title: string;
  url: string;
  /** The first version that is mended. */
  mendedIn: string;
}

/** Those of these packages that the list warns of. */
export function advised(packages: InstalledPackage[]): Advised[] {
  return packages.flatMap((each) =>
    advisories
      .filter((advisory) => advisory.package === each.name)
      .flatMap(({ id, title, url, vulnerable }) => {
        const range = vulnerable.find((one) => isWithin(each.version, one));
        return range ? [{ ...each, id, title, url, mendedIn: range.below }] : [];
      }),
  );
}

/** How many warnings the list has, and of how many packages. */
export const listed = {
  advisories: advisories.length,
  packages: new Set(advisories.map((advisory) => advisory.package)).size,
};

function isWithin(version: string, { from, below }: { from: string; below: string }): boolean {
  return versionOrder(version, from) >= 0 && versionOrder(version, below) < 0;
}
