import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { networkCommands, ownNetwork } from './lab-network';
import type { LabReport } from './lab-report';

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
    const program = [process.execPath, '-r', 'esbuild-register', join(__dirname, 'main.ts')];
    for (const way of ways) {
      const enter = ['unshare', ...way, 'sh', script];
      if (await works([...enter, 'true'])) return await report([...enter, ...program, 'own']);
    }
    return await report([...program, 'loopback']);
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

async function report([command = '', ...args]: string[]): Promise<LabReport> {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the lab ended with ${String(code)} before it told anything`);
  });
  const [told] = (await Promise.race([once(child, 'message'), ended])) as [LabReport];
  await once(child, 'exit').catch(() => null);
  return told;
}
