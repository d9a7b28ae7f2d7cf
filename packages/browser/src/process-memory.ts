import { readdir, readFile } from 'node:fs/promises';

const pageBytes = 4096;

/** Resident bytes of a process and all its descendants; 0 where the system has no /proc. */
export async function treeMemory(root: number): Promise<number> {
  const names = await readdir('/proc').catch(() => []);
  const processes = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map(readProcess));
  const family = new Set([root]);
  let bytes = 0;
  // A child's number may be lower than its parent's, so look until no more are found.
  for (let grew = true; grew;) {
    grew = false;
    for (const found of processes) {
      if (!found || family.has(found.pid) || !family.has(found.parent)) continue;
      family.add(found.pid);
      grew = true;
    }
  }
  for (const found of processes) if (found && family.has(found.pid)) bytes += found.bytes;
  return bytes;
}

async function readProcess(name: string): Promise<{ pid: number; parent: number; bytes: number } | null> {
  try {
    const stat = await readFile(`/proc/${name}/stat`, 'utf8');
    // The program's name stands in brackets and may hold spaces: fields are counted behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { pid: Number(name), parent: Number(fields[1]), bytes: Number(fields[21]) * pageBytes };
  } catch {
    return null;
  }
}

/** Bytes that a process has in memory, without what it only reads from files; 0 where there is none, or no /proc. */
export async function ownMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const sizes = [...status.matchAll(/^Rss(?:Anon|Shmem):\s+(\d+) kB$/gm)];
  return sizes.reduce((bytes, [, size]) => bytes + Number(size) * 1024, 0);
}
