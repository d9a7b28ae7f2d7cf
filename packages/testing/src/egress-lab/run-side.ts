import type { Engine, Session } from '@runnel/contracts';
import { by } from './hostile-site';
import { inTime } from './in-time';
import { ports } from './lab-network';
import type { Outcome, SideReport } from './lab-report';
import { inSession, opensAddress, runRobot } from './lab-robot';
import type { Engines, LabWorld } from './lab-world';
import { runPages } from './run-pages';
import { crawlSteps, stepWays } from './step-ways';
import { timed, type Times } from './timed';
import { manyForms } from './url-forms';
import { wayReports } from './way-reports';

const engineNames = ['browser', 'http'] as const;
/** For so long a guard may keep the first answer for a name. */
const keptMs = 5_500;

/** Everything, once: each way with each form that it is worth. */
export async function runSide(world: LabWorld, engines: Engines): Promise<SideReport> {
  const ms: Times = {};
  const outcomes = await timed(ms, 'navigations', () => navigations(world, engines));
  const asked = performance.now();
  await timed(ms, 'steps', () => steps(world, engines));
  await timed(ms, 'pages', () => runPages(world, engines));
  await inTime(() => performance.now() - asked > keptMs);
  outcomes.push(...(await timed(ms, 'changed names', () => changedNames(world, engines))));
  const inner = world.canaries.inner();
  return {
    ways: wayReports(world),
    reached: [...new Set(inner.map(({ form }) => form).filter((form) => form !== ''))],
    innerHits: inner.length,
    outcomes,
    resolved: [...(world.resolver?.asked ?? [])],
    ms,
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

/** How many forms each way of a robot's steps tries. */
const formsOfStep = 40;

/** Robots that a page of the site leads inside, step by step; robots.txt and sitemaps with them. */
async function steps({ network, targets }: LabWorld, engines: Engines): Promise<void> {
  const urls = [...manyForms(targets.forms).slice(0, formsOfStep), targets.control];
  const site = `http://${network.site}:${ports.http}`;
  const tasks = stepWays.flatMap((way) =>
    way.engines.flatMap((engine) =>
      urls.map((url) => {
        const address = `${site}/${way.page}?${encodeURIComponent(by(`${way.name} (${engine})`, url))}`;
        // Without a browser the page has gone on when it is open.
        const goesOn = engine === 'browser' && way.goesOn === true;
        return { engine, steps: way.steps, address, options: way.options ?? {}, goesOn };
      }),
    ),
  );
  const crawl = { steps: crawlSteps, address: `${site}/links`, options: {}, goesOn: false };
  const crawls = engineNames.map((engine) => ({ engine, ...crawl }));
  await inLanes(engines, [...tasks, ...crawls], async (session, task) => {
    await runRobot(session, task);
    if (task.goesOn) await inTime(() => session.url() !== task.address);
  });
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
