import { tmpdir } from 'node:os';
import { BrowserPool } from '@runnel/browser';
import { openEgress, type Egress } from '@runnel/egress';
import type { ProcessParts } from '@runnel/runtime';
import { checks } from './checks/checks';
import { problem, type Finding } from './finding';
import type { Installation } from './installation';

/** `runnel doctor`: how safe this installation is. A problem makes the exit code 1. */
export async function doctor(parts: ProcessParts): Promise<void> {
  const installation = await look(parts);
  const findings: Finding[] = [];
  for (const [about, check] of Object.entries(checks)) {
    const found = [await Promise.resolve(installation).then(check).catch(broken)].flat();
    for (const each of found) process.stdout.write(lineOf(about, each));
    findings.push(...found);
  }
  const count = (level: string): number => findings.filter((each) => each.level === level).length;
  process.stdout.write(`\n${count('problem')} problems, ${count('warning')} warnings\n`);
  if (count('problem') > 0) process.exitCode = 1;
}

/** A browser as workers have it, on the egress that the settings say. */
async function look({ settings, lifetime }: ProcessParts): Promise<Installation> {
  const egress = opened(() => openEgress(settings));
  if (egress instanceof Error)
    return { settings, egress, browser: new Error('RUNNEL_ALLOW_HOSTS is not right') };
  const browser = await BrowserPool.start({
    egress,
    executablePath: settings.PUPPETEER_EXECUTABLE_PATH,
    searchPath: settings.PATH,
    profilesFolder: tmpdir(),
  }).catch(asError);
  if (!(browser instanceof Error)) lifetime.owns('browser', browser, (pool) => pool.close());
  return { settings, egress, browser };
}

function opened(open: () => Egress): Egress | Error {
  try {
    return open();
  } catch (error) {
    return asError(error);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** A check that breaks is no good sign. */
function broken(error: unknown): Finding {
  return problem(
    `This could not be looked at: ${asError(error).message}`,
    'Mend that, and call the doctor again',
  );
}

function lineOf(about: string, { level, says, advice }: Finding): string {
  const advised = advice === null ? '' : `${' '.repeat(21)}${advice}\n`;
  return `${level.padEnd(9)}${about.padEnd(12)}${says}\n${advised}`;
}
