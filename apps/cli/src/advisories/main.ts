import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { advised, keptAdvisories, listed, type Advised } from './advised';
import { auditWarnings, type AuditWarning } from './audit-warnings';
import { packagesIn } from './installed-packages';

/** `npm run check:advisories`: in the folder of package-lock.json. */
async function main(): Promise<void> {
  const found = advised(packagesIn(await readFile('package-lock.json', 'utf8')));
  const kept = found.filter(({ keptBecause }) => keptBecause !== null);
  const open = found.filter(({ keptBecause }) => keptBecause === null);
  const asked = await askRegistry();
  const warned = asked?.filter(({ url }) => !keptAdvisories.has(url)) ?? [];

  process.stdout.write(`Compared with our list of ${listed.asOf}: `);
  process.stdout.write(`${listed.advisories} advisories on ${listed.packages} packages.\n`);
  for (const each of kept) process.stdout.write(`${lineOf(each)} Kept: ${each.keptBecause}\n`);
  process.stdout.write(
    asked === null ? 'The registry was not asked: it answers no audit here, or too slowly.\n' : '',
  );
  for (const each of open) process.stderr.write(`${lineOf(each)}\n`);
  for (const each of warned) process.stderr.write(`The registry warns of ${lineOfWarning(each)}\n`);
  process.exitCode = open.length + warned.length > 0 ? 1 : 0;
}

function lineOf({ name, version, title, mendedIn, url }: Advised): string {
  return `${name} ${version}: ${title}, ${mendedIn === null ? 'not mended yet' : `mended in ${mendedIn}`} (${url}).`;
}

function lineOfWarning({ package: name, title, url }: AuditWarning): string {
  return `${name}: ${title} (${url}).`;
}

/** What is for building only is not asked for. Null: the registry answers no such questions, or too slowly. */
function askRegistry(): Promise<AuditWarning[] | null> {
  const words = ['audit', '--omit=dev', '--json', '--fetch-retries=0'];
  return new Promise((resolve) => {
    execFile('npm', words, { timeout: 20_000, shell: process.platform === 'win32' }, (_error, out) => {
      resolve(auditWarnings(out));
    });
  });
}

void main();
