import { guards } from './guards';
import { GuardBench } from './guard-bench';

/** Takes each guard out of a copy of the sources, one after the other, and sees to it that its suite fails. */
async function main(names: string[]): Promise<void> {
  const chosen = guards.filter(({ name }) => names.length === 0 || names.some((word) => name.includes(word)));
  if (chosen.length === 0) {
    process.stderr.write(
      `No guard is named so; there are:\n${guards.map(({ name }) => `  ${name}\n`).join('')}`,
    );
    process.exitCode = 2;
    return;
  }
  const bench = await GuardBench.open();
  try {
    for (const guard of chosen) {
      const { failed, reason } = await bench.without(guard);
      const outcome = failed > 0 ? `the suite fails (${failed})` : `NOBODY NOTICES: ${reason}`;
      process.stdout.write(`${guard.invariant.padEnd(22)} without ${guard.name}: ${outcome}\n`);
      if (failed === 0) process.exitCode = 1;
    }
  } finally {
    await bench.close();
  }
}

void main(process.argv.slice(2)).then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  },
);
