import { benchEngines } from './engines';
import { benchLists } from './lists';
import { benchRuns } from './runs';
import { benchSchedules } from './schedules';
import { benchStart } from './start';

const benchmarks: Record<string, () => Promise<void>> = {
  engines: benchEngines,
  lists: benchLists,
  runs: benchRuns,
  schedules: benchSchedules,
  start: benchStart,
};

async function main(names: string[]): Promise<void> {
  const unknown = names.find((name) => !benchmarks[name]);
  if (unknown !== undefined) {
    process.stderr.write(
      `There is no benchmark "${unknown}"; there are: ${Object.keys(benchmarks).join(', ')}\n`,
    );
    process.exitCode = 2;
    return;
  }
  for (const name of names.length > 0 ? names : Object.keys(benchmarks)) await benchmarks[name]?.();
}

void main(process.argv.slice(2)).then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  },
);
