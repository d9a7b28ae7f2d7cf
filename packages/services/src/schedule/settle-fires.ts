import {
  advanceSchedules,
  explainFires,
  insertRuns,
  newId,
  noteFires,
  type DueSchedule,
  type EntityManager,
  type FiredSchedule,
  type FireNote,
  type Inserted,
  type NewRun,
} from '@runnel/store';
import { markAllAborting } from '../run/abort-run';
import { refusedError } from '../run/start-refused';
import { nextOf, type Next } from './next-of';
import { isOfLimit, type FirePlan } from './plan-fires';
import { reasonOf } from './reason-of';
import type { RunOfSchedule } from './run-of-schedule';
import { settleAhead } from './settle-ahead';

/** What a schedule's moments start: a run like this one, or the one that was made with it; or why they start none. */
export type Work = RunOfSchedule | 'made ahead' | { refused: string };

export interface PlannedFires {
  due: DueSchedule;
  plan: FirePlan;
  /** Null when nothing starts. */
  work: Work | null;
  /** From where the next moment is looked for; null: it stays. */
  until: Date | null;
}

export interface Settled {
  /** Schedules that were seen to. */
  settled: number;
  started: number;
  /** Runs that give way: their queued tasks are to be ended. */
  aborts: string[];
  /** Robots that have another version by now: their schedules are as they were. */
  stale: { spaceId: string; robotId: string }[];
}

/** A fire that is to start, or is told of: with its id, which its run has as well. */
interface Settling {
  of: PlannedFires;
  note: FireNote;
  /** Null: it starts none. */
  run: NewRun | null;
  inserted?: Inserted;
}

/** Writes what is planned for schedules that are locked: runs with their tasks, fires, and the moments that are next. */
export async function settleFires(manager: EntityManager, planned: PlannedFires[]): Promise<Settled> {
  const fires = planned.filter((each) => !startsAhead(each)).flatMap(firesOf);
  await insertAll(manager, fires);
  const stale = new Set(fires.filter(({ inserted }) => inserted?.kind === 'gone').map(({ of }) => of));
  if (fires.some(({ of, inserted }) => stale.has(of) && inserted?.kind === 'started')) {
    throw new Error('a robot was published between two runs of one schedule');
  }
  const settled = planned.filter((each) => !stale.has(each));
  const told = fires.filter(({ of, inserted }) => !stale.has(of) && inserted?.kind !== 'started');
  await noteFires(manager, [...told.map(({ note }) => note), ...settled.flatMap(droppedOf)]);
  const started = fires.filter(({ inserted }) => inserted?.kind === 'started');
  const aborts = await abortAll(manager, settled);
  const ahead = await settleAhead(manager, settled);
  await advanceSchedules(
    manager,
    settled.map((each) =>
      afterwards(each, ahead.get(each) ?? started.filter(({ of }) => of === each).map(({ note }) => note)),
    ),
  );
  return {
    settled: settled.length,
    started: started.length + [...ahead.values()].flat().length,
    aborts,
    stale: [...stale].map(({ due: { schedule } }) => schedule),
  };
}

/** Marks the runs whose place later moments take. */
async function abortAll(manager: EntityManager, settled: PlannedFires[]): Promise<string[]> {
  const aborts: string[] = [];
  for (const { due, plan } of settled) {
    await explainFires(manager, plan.aborts, 'a later moment took the place of its run');
    aborts.push(...(await markAllAborting(manager, due.schedule.spaceId, plan.aborts)));
  }
  return aborts;
}

/** Its one moment has a run already. */
function startsAhead({ due, plan }: PlannedFires): boolean {
  return due.schedule.aheadRunId !== null && plan.starts.length > 0;
}

/** In the order of their moments, so that their ids are as well. */
function firesOf(of: PlannedFires): Settling[] {
  const { plan, due } = of;
  const scheduleId = due.schedule.id;
  const starts = plan.starts.map((fire) => ({ ...fire, outcome: 'started' as const, reason: null }));
  const noted = plan.noted.map((fire) => ({ id: null, ...fire }));
  return [...starts, ...noted]
    .sort((a, b) => a.scheduledFor.getTime() - b.scheduledFor.getTime())
    .map((fire) => {
      const note = { ...fire, id: fire.id ?? newId(), scheduleId };
      return note.outcome === 'started' ? toStart(of, note) : { of, note, run: null };
    });
}

function toStart(of: PlannedFires, note: FireNote): Settling {
  const { work } = of;
  if (!work || work === 'made ahead') throw new Error('a moment is to start a run that nobody has made');
  if ('refused' in work) return { of, run: null, note: { ...note, outcome: 'error', reason: work.refused } };
  const { id, scheduleId, kind, scheduledFor } = note;
  const tasks = work.tasks.map((task) => ({ ...task, id: newId() }));
  const run = {
    ...work,
    id,
    scheduleId,
    fire: { scheduleId, kind, scheduledFor },
    isRoomKnown: false,
    tasks,
  };
  return { of, note, run };
}

/** Small ones first: where there is no room for all, a large one takes none from them. */
async function insertAll(manager: EntityManager, fires: Settling[]): Promise<void> {
  const starting = fires.flatMap((fire) => (fire.run ? [{ fire, run: fire.run }] : []));
  if (starting.length === 0) return;
  starting.sort((a, b) => a.run.tasks.length - b.run.tasks.length);
  const inserted = await insertRuns(
    manager,
    starting.map(({ run }) => run),
  );
  for (const [index, { fire, run }] of starting.entries()) {
    const outcome = inserted[index];
    fire.inserted = outcome;
    if (outcome?.kind === 'full' || outcome?.kind === 'spent') {
      fire.note = {
        ...fire.note,
        outcome: 'error',
        reason: reasonOf(refusedError(outcome, run.tasks.length)),
      };
    }
  }
}

function droppedOf({ due: { schedule }, plan }: PlannedFires): FireNote[] {
  return plan.dropped.map((fire) => ({ ...fire, scheduleId: schedule.id }));
}

/** The schedule when these of its fires have started. */
function afterwards(
  { due, plan, until }: PlannedFires,
  started: Pick<FireNote, 'id' | 'kind'>[],
): FiredSchedule {
  const { schedule, now } = due;
  const fired = schedule.fired + started.filter(isOfLimit).length;
  const next = nextAfter({ ...schedule, fired }, until);
  const last = started.at(-1);
  return {
    ...{ id: schedule.id, ...next, ...plan.pause, fired, waiting: plan.waiting },
    // Its one moment has come: the run has begun, or was ended.
    aheadRunId: until ? null : schedule.aheadRunId,
    lastRunId: last?.id ?? schedule.lastRunId,
    lastRunAt: last ? now : schedule.lastRunAt,
  };
}

function nextAfter(schedule: DueSchedule['schedule'], until: Date | null): Next {
  const { maxFires, fired, nextMoment, dueAt } = schedule;
  if (maxFires !== null && fired >= maxFires) return { nextMoment: null, dueAt: null };
  return until ? nextOf(schedule, until) : { nextMoment, dueAt };
}
