import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine, Session } from '@runnel/contracts';
import type { Hit } from './canaries';
import { by } from './hostile-site';
import { ports, transitionForms, type LabNetwork } from './lab-network';
import type { Outcome, SideReport, WayReport } from './lab-report';
import { inSession, opensAddress, runRobot } from './lab-robot';
import type { Engines, LabWorld } from './lab-world';
import { datagramWays, pageWays, secureWays, silentWays } from './page-ways';
import { crawlSteps, stepWays } from './step-ways';

const engineNames = ['browser', 'http'] as const;

/** Everything, once: each way with each form that it is worth. */
export async function runSide(world: LabWorld, engines: Engines): Promise<SideReport> {
  const began = performance.now();
  const outcomes = await navigations(world, engines);
  await steps(world, engines);
  await pages(world, engines);
  outcomes.push(...(await changedNames(world, engines)));
  const inner = world.canaries.inner();
  return {
    ways: wayReports(world),
    reached: [...new Set(inner.map(({ form }) => form).filter((form) => form !== ''))],
    innerHits: inner.length,
    outcomes,
    resolved: [...(world.resolver?.asked ?? [])],
    ms: Math.round(performance.now() - began),
  };
}

/** A robot for each form, by each engine; a name that changes is asked for twice, as an attack would. */
async function navigations({ targets }: LabWorld, engines: Engines): Promise<Outcome[]> {
  const forms = [...targets.forms, { id: 'control', url: targets.control }];
  const tasks = engineNames.flatMap((engine) =>
    forms.map(({ id, url }) => ({
      engine,
      form: id,
      address: by(`navigation (${engine})`, url),
      steps: opensAddress,
    })),
  );
  const outcomes: Outcome[] = [];
  await inLanes(engines, tasks, async (session, task) => {
    const { engine, form, address } = task;
    let end = await runRobot(session, task);
    if (form.endsWith('that changes')) {
      const again = address.replace(`:${ports.http}/`, `:${ports.other}/`);
      end = await runRobot(session, { ...task, address: again });
    }
    outcomes.push({ engine, form, url: address, ...end });
  });
  return outcomes;
}

/** Names that have changed by now, and whose first answer nobody keeps any more. */
async function changedNames({ targets }: LabWorld, engines: Engines): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const forms = targets.forms.filter(({ id }) => id.endsWith('that changes'));
  const tasks = engineNames.flatMap((engine) =>
    forms.map(({ id, url }) => ({
      engine,
      form: `${id}, later`,
      address: by(`a changed name (${engine})`, url),
    })),
  );
  await inLanes(engines, tasks, async (session, { engine, form, address }) => {
    const end = await runRobot(session, { steps: opensAddress, address });
    outcomes.push({ engine, form, url: address, ...end });
  });
  return outcomes;
}

/** Robots that a page of the site leads inside, step by step; robots.txt and sitemaps with them. */
async function steps({ network, targets }: LabWorld, engines: Engines): Promise<void> {
  const forms = targets.forms.filter(({ id }) => /: (dotted|a name|redirect 302|\[::1\])$/.test(id));
  const urls = [...forms.map(({ url }) => url), targets.control];
  const site = `http://${network.site}:${ports.http}`;
  const tasks = stepWays.flatMap((way) =>
    way.engines.flatMap((engine) =>
      urls.map((url) => {
        const address = `${site}/${way.page}?${encodeURIComponent(by(`${way.name} (${engine})`, url))}`;
        return { engine, steps: way.steps, address, options: way.options ?? {} };
      }),
    ),
  );
  const crawls = engineNames.map((engine) => ({ engine, steps: crawlSteps, address: `${site}/links` }));
  await inLanes(engines, [...tasks, ...crawls], runRobot);
}

/** Pages that use every way themselves: open until the last way has reached what it may reach. */
async function pages(world: LabWorld, { browser }: Engines): Promise<void> {
  const { network } = world;
  const open = (address: string, ways: object): Promise<unknown> =>
    inSession(browser, {}, async (session) => {
      await runRobot(session, { steps: opensAddress, address });
      await settled(world, Object.keys(ways));
    });
  await open(`http://${network.site}:${ports.http}/ways`, pageWays);
  await open(`http://localhost:${ports.secure}/secure`, secureWays);
}

const settleMs = 20_000;
const quietMs = 500;
/** How long nothing more has to come where a way has not come yet. */
const patientMs = 4_000;

async function settled({ canaries }: LabWorld, ways: string[]): Promise<void> {
  const end = performance.now() + settleMs;
  const awaited = ways.filter((way) => !silentWays.has(way) && !datagramWays.has(way));
  for (let seen = -1, since = performance.now(); performance.now() < end; await sleep(50)) {
    const control = canaries.control();
    const count = control.length + canaries.inner().length;
    if (count !== seen) since = performance.now();
    seen = count;
    const isAll = awaited.every((way) => control.some((hit) => hit.way === way));
    if (performance.now() - since > (isAll ? quietMs : patientMs)) return;
  }
}

function wayReports({ canaries, network }: LabWorld): Record<string, WayReport> {
  const reports: Record<string, WayReport> = {};
  const of = ({ way }: Hit): WayReport => (reports[way] ??= { control: 0, inner: {} });
  for (const hit of canaries.control()) of(hit).control += 1;
  for (const hit of canaries.inner()) {
    const { inner } = of(hit);
    const target = targetOf(hit.address, network);
    inner[target] = (inner[target] ?? 0) + 1;
  }
  return reports;
}

function targetOf(address: string, { inner }: LabNetwork): string {
  if (address === '::1') return 'loopback';
  const is = (each: string): boolean =>
    each === address || Object.values(transitionForms(each)).includes(address);
  return Object.entries(inner).find(([, each]) => is(each))?.[0] ?? 'other';
}

const lanes = 3;

/** Each engine's tasks in sessions of its own, one after the other in each. */
async function inLanes<T extends { engine: Engine }>(
  engines: Engines,
  tasks: T[],
  work: (session: Session, task: T) => Promise<unknown>,
): Promise<void> {
  const lane = async (engine: Engine, left: Iterable<T>): Promise<void> => {
    await inSession(engines[engine], {}, async (session) => {
      for (const task of left) await work(session, task);
    });
  };
  const all = engineNames.flatMap((engine) => {
    const left = tasks.filter((task) => task.engine === engine).values();
    return Array.from({ length: lanes }, () => lane(engine, left));
  });
  await Promise.all(all);
}
