import type { InstalledPackage } from './installed-packages';
import list from './known-advisories.json';
import { versionOrder } from './version-order';

/** The first bound is within, `below` is not; `through` is, where no mended version is known. */
type VersionRange = { from: string; below: string } | { from: string; through: string };

interface Advisory {
  package: string;
  /** Like GHSA-3h5v-q93c-6h6q. */
  id: string;
  title: string;
  url: string;
  vulnerable: VersionRange[];
  /** Why we live with it, where nobody has mended it. */
  keptBecause?: string;
}

/** A package of a version of which somebody warned. */
export interface Advised extends InstalledPackage {
  id: string;
  title: string;
  url: string;
  /** The first version that is mended; null: none is known. */
  mendedIn: string | null;
  /** Null: it has to be mended. */
  keptBecause: string | null;
}

const advisories: Advisory[] = list.advisories;

/** Those of these packages that the list warns of. */
export function advised(packages: InstalledPackage[]): Advised[] {
  return packages.flatMap((each) =>
    advisories
      .filter((advisory) => advisory.package === each.name)
      .flatMap(({ id, title, url, vulnerable, keptBecause = null }) => {
        const range = vulnerable.find((one) => isWithin(each.version, one));
        if (range === undefined) return [];
        const mendedIn = 'below' in range ? range.below : null;
        return [{ ...each, id, title, url, mendedIn, keptBecause }];
      }),
  );
}

/** How many warnings the list has, of how many packages, and of which day it is. */
export const listed = {
  advisories: advisories.length,
  packages: new Set(advisories.map((advisory) => advisory.package)).size,
  asOf: list.asOf,
};

/** The addresses of the warnings that we live with. */
export const keptAdvisories = new Set(
  advisories.filter(({ keptBecause }) => keptBecause !== undefined).map(({ url }) => url),
);

function isWithin(version: string, range: VersionRange): boolean {
  if (versionOrder(version, range.from) < 0) return false;
  return 'below' in range
    ? versionOrder(version, range.below) < 0
    : versionOrder(version, range.through) <= 0;
}
