import { readdir, readFile } from 'node:fs/promises';

export interface RunningProcess {
  pid: number;
  parent: number;
  command: string;
}

/** Every process of this machine that runs; by Linux' /proc. */
export async function runningProcesses(): Promise<RunningProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map(lookAt));
  return found.filter((each) => each !== null);
}

export async function isRunning(pid: number): Promise<boolean> {
  return (await lookAt(pid)) !== null;
}

/** All that a process started, and what those started. */
export async function descendantsOf(pid: number): Promise<RunningProcess[]> {
  const all = await runningProcesses();
  const childrenOf = (parent: number): RunningProcess[] =>
    all.filter((each) => each.parent === parent).flatMap((each) => [each, ...childrenOf(each.pid)]);
  return childrenOf(pid);
}

/** Those that were started with a folder in their arguments or in their environment, whoever is their parent now. */
export async function processesOf(folder: string): Promise<RunningProcess[]> {
  const all = await runningProcesses();
  const belongs = await Promise.all(
    all.map(async ({ pid, command }) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
      return pid !== process.pid && (command.includes(folder) || environment.includes(folder));
    }),
  );
  return all.filter((_, index) => belongs[index]);
}

/** False when it has just ended by itself. */
export function signalTo(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Null for one that is gone, and for one that only waits to be buried. */
async function lookAt(pid: number): Promise<RunningProcess | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
    const [state = 'Z', parent = '0'] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return null;
    const command = (await readFile(`/proc/${pid}/cmdline`, 'latin1')).replaceAll('\0', ' ').trim();
    return { pid, parent: Number(parent), command };
  } catch {
    return null;
  }
}
