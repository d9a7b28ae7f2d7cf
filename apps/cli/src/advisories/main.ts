import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { advised, listed } from './advised';
import { packagesIn } from './installed-packages';

/** `npm run check:advisories`: in the folder of package-lock.json. */
async function main(): Promise<void> {
  const packages = packagesIn(await readFile('package-lock.json', 'utf8'));
  const found = advised(packages);
  for (const { name, version, id, title, url, mendedIn } of found) {
    process.stderr.write(`${name} ${version}: ${title} (${id}, mended in ${mendedIn})\n  ${url}\n`);
  }
  const list = `our list of ${listed.advisories} advisories on ${listed.packages} packages`;
  const audit = await askRegistry();
  if (audit === null) process.stdout.write(`Compared with ${list}; the registry answers no audit here.\n`);
  else
    process.stdout.write(`Compared with ${list}, and asked the registry.\n${audit.isBad ? audit.text : ''}`);
  process.exitCode = found.length > 0 || audit?.isBad === true ? 1 : 0;
}

/** Null: it does not answer such questions. What is for building only is not asked for. */
function askRegistry(): Promise<{ isBad: boolean; text: string } | null> {
  const words = ['audit', '--omit=dev', '--audit-level=high', '--json'];
  return new Promise((resolve) => {
    execFile('npm', words, { timeout: 30_000, shell: process.platform === 'win32' }, (error, out) => {
      resolve(isAnswer(out) ? { isBad: error !== null, text: `${out}\n` } : null);
    });
  });
}

function isAnswer(out: string): boolean {
  try {
    return 'auditReportVersion' in (JSON.parse(out) as object);
  } catch {
    return false;
  }
}

void main();
