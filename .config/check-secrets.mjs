// Looks for keys, tokens and passwords in what is, or would be, kept in the repository. Run by `npm run check`.
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const linter = join(root, 'node_modules', 'secretlint', 'bin', 'secretlint.js');
const rules = ['--no-glob', '--secretlintrc', join(here, 'secretlintrc.json')];
/** Hashes that look like keys, and the key of the server on localhost that tests speak TLS with. */
const harmless = new Set(['package-lock.json', 'packages/browser/test/localhost/key.pem']);
/** The time that the linter takes grows with the square of the files that it is given. */
const batchSize = 80;
const unkept = new Set(['node_modules', 'dist', '.git', '.runnel', 'coverage']);

const files = process.argv.length > 2 ? process.argv.slice(2) : filesKept();
const batches = Array.from({ length: Math.ceil(files.length / batchSize) }, (_, n) =>
  files.slice(n * batchSize, (n + 1) * batchSize),
);
const left = batches.values();
const codes = (await Promise.all(Array.from({ length: availableParallelism() }, work))).flat();
const worst = Math.max(0, ...codes);
if (worst === 0) console.log(`No secrets in ${files.length} files.`);
process.exitCode = worst;

async function work() {
  const found = [];
  for (const batch of left) found.push(await lint(batch));
  return found;
}

function lint(batch) {
  const child = spawn(process.execPath, [linter, ...rules, ...batch], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 2)));
}

/** What Git knows and does not ignore; without Git, as in an archive of the sources, what lies there. */
function filesKept() {
  const listed = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  const names =
    listed.status === 0 ? listed.stdout.split('\0').filter((name) => name !== '') : filesUnder('');
  const there = new Set(filesUnder(''));
  return names.filter((name) => there.has(name) && !harmless.has(name));
}

function filesUnder(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !unkept.has(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesUnder(path);
      return entry.isFile() ? [path] : [];
    });
}
