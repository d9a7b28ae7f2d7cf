// What every command does first: installs what is missing, then builds. Runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Runnel needs Node.js 20.19 or newer; this is ${process.version}.`);
  process.exit(1);
}

const lock = `${root}package-lock.json`;
const installed = `${root}node_modules/.package-lock.json`;
if (!existsSync(installed)) install('ci');
else if (statSync(installed).mtimeMs < statSync(lock).mtimeMs) install('install');

function install(how) {
  console.error(`Installing what is missing (npm ${how}) …`);
  const { status } = spawnSync('npm', [how, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

const { build } = await import('./build.mjs');
await build();
