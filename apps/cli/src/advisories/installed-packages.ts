import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface InstalledPackage {
  name: string;
  version: string;
  /** True: it is there for who builds the program, and not when it runs. */
  isForBuilding: boolean;
}

interface Lock {
  /** By where it is installed; `name`: it is installed under another one. */
  packages: Record<string, { name?: string; version?: string; dev?: boolean; link?: boolean }>;
}

/** What a lock file of npm names. */
export function packagesIn(lock: string): InstalledPackage[] {
  const { packages } = JSON.parse(lock) as Lock;
  return Object.entries(packages).flatMap(([path, { name, version, dev = false, link }]) => {
    const folder = path.split('node_modules/').at(-1) ?? '';
    const isOfNpm = path.includes('node_modules/') && link !== true && version !== undefined;
    return isOfNpm ? [{ name: name ?? folder, version, isForBuilding: dev }] : [];
  });
}

/** What npm wrote down of the nearest folder that it installed into; null where there is none. */
export async function installedPackages(from: string): Promise<InstalledPackage[] | null> {
  const lock = await readFile(join(from, 'node_modules', '.package-lock.json'), 'utf8').catch(() => null);
  if (lock !== null) return packagesIn(lock);
  const above = dirname(from);
  return above === from ? null : installedPackages(above);
}
