import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { networkCommands, ownNetwork } from './lab-network';
import type { GuardedReport, LabReport, OpenReport } from './lab-report';

const root = join(__dirname, '..', '..', '..', '..');
/** As root without a namespace of users, in which the browser could run as nobody else; then as anybody. */
const ways = [
  ['-nm', '--'],
  ['-rnm', '--'],
];

/**
 * Runs the matrix in a process with a network of its own, which no packet leaves. Where the system gives none, it is
 * loopback addresses, without names and without the metadata address: the report says so.
 */
export async function runEgressLab(): Promise<LabReport> {
  const folder = await mkdtemp(join(tmpdir(), 'runnel-egress-lab-'));
  try {
    const script = join(folder, 'network.sh');
    await writeFile(join(folder, 'resolv.conf'), 'nameserver 127.0.0.1\n');
    await writeFile(
      script,
      `set -e\nmount --bind ${join(folder, 'resolv.conf')} /etc/resolv.conf\n${networkCommands(ownNetwork)}\nexec "$@"\n`,
    );
    for (const way of ways) {
      const enter = ['unshare', ...way, 'sh', script];
      if (await works([...enter, 'true'])) return await inOwnNetworks(enter);
    }
    return await onLoopback();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function works([command = '', ...args]: string[]): Promise<boolean> {
  return promisify(execFile)(command, args).then(
    () => true,
    () => false,
  );
}

const program = [process.execPath, '-r', 'esbuild-register', join(__dirname, 'main.ts')];

/** Both halves at once: each has a network of its own. */
async function inOwnNetworks(enter: string[]): Promise<LabReport> {
  const over = new AbortController();
  const half = <T>(name: string): Promise<T> => told<T>([...enter, ...program, 'own', name], over.signal);
  try {
    const [open, guarded] = await Promise.all([half<OpenReport>('open'), half<GuardedReport>('guarded')]);
    return { ...open, ...guarded, isOwnNetwork: true };
  } finally {
    over.abort();
  }
}

/** One after the other: they share addresses. */
async function onLoopback(): Promise<LabReport> {
  const open = await told<OpenReport>([...program, 'loopback', 'open']);
  const guarded = await told<GuardedReport>([...program, 'loopback', 'guarded']);
  return { ...open, ...guarded, isOwnNetwork: false };
}

/** What a half of the lab tells before it ends: `T`, as its name says. */
async function told<T>([command = '', ...args]: string[], signal?: AbortSignal): Promise<T> {
  const child = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    ...(signal && { signal }),
  });
  const exited = once(child, 'exit');
  const failed = exited.then(([code]) => {
    throw new Error(`the lab ended with ${String(code)} before it told anything`);
  });
  const [report] = (await Promise.race([once(child, 'message'), failed])) as [T];
  await exited;
  return report;
}
