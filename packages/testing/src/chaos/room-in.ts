import type { ChaosWorld } from './chaos-world';

interface RunCount {
  /** Runs in the ledger. */
  there: number;
  /** Those of them that have not ended. */
  open: number;
}

/** How many runs there are, past the proxies. */
export async function runsIn({ postgres }: ChaosWorld): Promise<RunCount> {
  const statement = `SELECT count(*)::int AS there, (count(*) FILTER (WHERE finished_at IS NULL))::int AS open FROM runs`;
  const [count] = await postgres.query<RunCount>(statement);
  return count ?? { there: 0, open: 0 };
}

/**
 * How many runs may be started now: so few that the service keeps up, and not so many that the load is over before the
 * faults are.
 */
export async function roomIn(
  world: ChaosWorld,
  now: { started: number; faults: number; options: { runs: number; faults: number; outstanding: number } },
): Promise<number> {
  const { started, faults, options } = now;
  const { there, open } = await runsIn(world);
  const underWay = open + Math.max(0, started - there);
  const ahead = Math.min(options.outstanding, options.runs / 4);
  const inStep = ahead + (options.runs * faults) / options.faults - started;
  const least = options.outstanding / 4 - underWay;
  return Math.floor(Math.max(least, Math.min(inStep, options.outstanding - underWay)));
}
