import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { BrowserProgram } from './browser-program';

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

/** The headless shell of npm `@sparticuz/chromium`, unpacked once beside the installed packages; null elsewhere. */
export async function unpackBundledBrowser(): Promise<BrowserProgram | null> {
  if (!isOurs) return null;
  const packageFolder = join(dirname(require.resolve('@sparticuz/chromium')), '..', '..');
  const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as {
    version: string;
  };
  const cache = join(packageFolder, '..', '..', '.cache', 'runnel');
  const folder = join(cache, `chromium-${version}`);
  if (!(await exists(join(folder, 'chromium')))) await unpack({ packageFolder, cache, folder });
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
    await rename(staging, from.folder);
  } catch (error) {
    if (!(await exists(join(from.folder, 'chromium')))) throw error;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
