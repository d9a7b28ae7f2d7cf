import { setTimeout as sleep } from 'node:timers/promises';
import type { BackendName } from '../backends';
import { TestClient } from '../test-client';
import { checkAnswers } from './check-answers';
import { checkLedger } from './check-ledger';
import { checkTallies } from './check-tallies';
import { createChaosRobots } from './chaos-robots';
import { serveChaosSite, type ChaosSite } from './chaos-site';
import { openChaosWorld, untilReady, type ChaosWorld } from './chaos-world';
import { countJobs, findLeftovers } from './find-leftovers';
import { injectFaults, type Injected } from './inject-faults';
import { readLedger, type LedgerRun } from './ledger-snapshot';
import { logWarnings } from './log-warnings';
import { LoadClient } from './load-client';
import type { Problem } from './problem';
import { roomIn, runsIn } from './room-in';
import { runLoad, type Load } from './run-load';
import { planRun, type RunPlan } from './run-plan';
import type { FenceCount } from './watch-fences';

export interface ChaosOptions {
  queue: BackendName;
  /** How to start a Redis, for that queue. */
  redisCommand: string | null;
  runs: number;
  /** At least so many. */
  faults: number;
  /** Runs at a time that were started and have not ended. */
  outstanding: number;
  seed: number;
  say: (line: string) => void;
}

export interface ChaosOutcome {
  options: ChaosOptions;
  load: Load;
  injected: Injected;
  ledger: Map<string, LedgerRun>;
  problems: Problem[];
  /** Jobs, processes and files that are left when all apps have ended. */
  leftovers: string[];
  /** Apps that ended although no fault had befallen them. */
  surprises: string[];
  /** What the apps' logs warned of. */
  warnings: string[];
  fenced: FenceCount;
  seconds: number;
}

interface Stage {
  options: ChaosOptions;
  world: ChaosWorld;
  site: ChaosSite;
  client: LoadClient;
  planOf: (index: number) => RunPlan;
  injected: Injected;
}

const readyMs = 60_000;
/** A run that has not ended so long after the last fault is lost; where many are under way it may take longer. */
const drainMs = 60_000;
const drainMsOfRun = 500;
/** A dead worker's job is the queue's to take back when its lock is over: then it finds that nothing is to be done. */
const jobsMs = 75_000;
const progressMs = 10_000;

/** Runs a load through a fleet that faults befall, and holds the ledger against what clients were promised. */
export async function runChaos(options: ChaosOptions): Promise<ChaosOutcome> {
  const began = performance.now();
  const planOf = (index: number) => planRun(options.seed, index);
  const site = await serveChaosSite(planOf);
  const world = await openChaosWorld(options.queue === 'redis' ? options.redisCommand : null);
  try {
    await untilReady(world, readyMs);
    const apis = world.slots.filter(({ app }) => app === 'api');
    const client = new LoadClient(apis, world.key);
    const stage = { options, world, site, client, planOf, injected: { records: [], missed: [] } };
    const load = await loadUnderFaults(stage);
    await drain(stage);
    options.say('  checking the ledger, the answers of the API, and what is left');
    const ledger = await readLedger(world.postgres);
    const problems = checkLedger(ledger, load, planOf);
    problems.push(...(await checkAnswers(client, ledger)), ...(await checkTallies(world.postgres)));
    const jobs = await jobsLeft(world);
    options.say('  stopping');
    await Promise.all(world.slots.map((slot) => slot.stop()));
    const leftovers = [...jobs, ...(await findLeftovers(world))];
    const surprises = world.slots.flatMap((slot) => slot.surprises);
    const seconds = (performance.now() - began) / 1_000;
    const { injected } = stage;
    const warnings = logWarnings(world.slots);
    const { fenced } = world;
    return { options, load, injected, ledger, problems, leftovers, surprises, warnings, fenced, seconds };
  } finally {
    await world.close();
    await site.close();
  }
}

/** Until all runs were accepted, and as many faults were made as were asked for. */
async function loadUnderFaults(stage: Stage): Promise<Load> {
  const { options, world, site, client, planOf, injected } = stage;
  const [api] = world.slots.filter(({ app }) => app === 'api');
  const robots = await createChaosRobots(
    new TestClient(`http://127.0.0.1:${api?.process?.port ?? 0}`, world.key),
  );
  let isLoaded = false;
  const room = (started: number) => roomIn(world, { started, faults: injected.records.length, options });
  const loading = runLoad(client, {
    runs: options.runs,
    planOf,
    robots,
    addressOf: (plan, ordinal) => site.address(plan, ordinal),
    room,
  }).finally(() => (isLoaded = true));
  const progress = setInterval(() => void tellProgress(stage), progressMs);
  try {
    const isDone = () => isLoaded && injected.records.length >= options.faults;
    const [load] = await Promise.all([
      loading,
      injectFaults(world, options.seed, { into: injected, isDone }),
    ]);
    return load;
  } finally {
    clearInterval(progress);
  }
}

async function tellProgress({ options, world, injected }: Stage): Promise<void> {
  const { there, open } = await runsIn(world);
  options.say(`  ${there} of ${options.runs} runs, ${open} open; ${injected.records.length} faults`);
}

/** No more faults; every run has its time to end. */
async function drain({ options, world }: Stage): Promise<void> {
  const until = Date.now() + drainMs + drainMsOfRun * options.outstanding;
  options.say('  the faults are over');
  while ((await runsIn(world)).open > 0 && Date.now() < until) await sleep(200);
  await untilReady(world, readyMs);
}

async function jobsLeft(world: ChaosWorld): Promise<string[]> {
  const until = Date.now() + jobsMs;
  for (;;) {
    const count = await countJobs(world);
    if (count === 0) return [];
    if (Date.now() > until) return [`${count} jobs of the queue`];
    await sleep(500);
  }
}
