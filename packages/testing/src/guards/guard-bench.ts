import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Guard } from './guard';

const run = promisify(execFile);
const root = join(__dirname, '..', '..', '..');
const suiteMs = 300_000;

/** What Jest's `--json` tells. */
interface Report {
  numFailedTests: number;
  numRuntimeErrorTestSuites: number;
  numTotalTests: number;
}

/** A copy of the sources in which guards are taken out. */
export class GuardBench {
  private constructor(private readonly folder: string) {}

  static async open(): Promise<GuardBench> {
    const folder = await mkdtemp(join(tmpdir(), 'runnel-guards-'));
    await copySources(folder);
    await linkPackages(folder);
    return new GuardBench(folder);
  }

  /** How many tests of the guard's suite fail without it; with none, why. */
  async without(guard: Guard): Promise<{ failed: number; reason: string }> {
    const path = join(this.folder, guard.file);
    const source = await readFile(path, 'utf8');
    if (source.split(guard.find).length !== 2)
      return { failed: 0, reason: `${guard.file} is another by now` };
    await writeFile(
      path,
      source.replace(guard.find, () => guard.replace),
    );
    try {
      await run(process.execPath, ['apps/cli/build.mjs'], { cwd: this.folder });
      return judge(await this.#report(guard));
    } finally {
      await writeFile(path, source);
    }
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  async #report({ suite, test }: Guard): Promise<Report> {
    const output = join(this.folder, 'report.json');
    await rm(output, { force: true });
    const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
    const only = test === undefined ? [] : ['-t', test];
    const args = [
      jest,
      suite,
      ...only,
      '--json',
      '--outputFile',
      output,
      '--reporters',
      'default',
      '--forceExit',
    ];
    const options = { cwd: this.folder, timeout: suiteMs, maxBuffer: 64 * 1024 ** 2 };
    // Jest fails when a test does: that is what is hoped for.
    await run(process.execPath, args, options).catch(() => null);
    return JSON.parse(await readFile(output, 'utf8')) as Report;
  }
}

function judge({ numFailedTests, numRuntimeErrorTestSuites, numTotalTests }: Report): {
  failed: number;
  reason: string;
} {
  if (numRuntimeErrorTestSuites > 0) return { failed: 0, reason: 'the suite could not begin' };
  if (numTotalTests === 0) return { failed: 0, reason: 'there is no such test' };
  return { failed: numFailedTests, reason: 'all tests pass' };
}

/** What git knows, and what is new; nothing that was built or installed. */
async function copySources(folder: string): Promise<void> {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard'];
  const { stdout } = await run('git', list, { cwd: root, maxBuffer: 64 * 1024 ** 2 });
  for (const name of stdout.split('\n').filter(Boolean)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    // A file that was deleted is still known.
    await cp(join(root, name), join(folder, name)).catch(() => null);
  }
}

/** Packages from npm are those that are installed; ours are those of the copy. */
async function linkPackages(folder: string): Promise<void> {
  const installed = join(root, 'node_modules');
  await mkdir(join(folder, 'node_modules', '@runnel'), { recursive: true });
  for (const name of await readdir(installed)) {
    if (name === '@runnel' || name === '.cache') continue;
    await symlink(join(installed, name), join(folder, 'node_modules', name));
  }
  for (const name of await readdir(join(installed, '@runnel'))) {
    const target = await readlink(join(installed, '@runnel', name));
    await symlink(target, join(folder, 'node_modules', '@runnel', name));
  }
  for (const group of ['apps', 'packages']) await linkOwnPackages(folder, group);
}

/** Where a workspace needs another version than the rest it has it beside its sources. */
async function linkOwnPackages(folder: string, group: string): Promise<void> {
  for (const name of await readdir(join(root, group))) {
    const own = join(group, name, 'node_modules');
    if (existsSync(join(root, own))) await symlink(join(root, own), join(folder, own));
  }
}
