import {
  advanceSchedules,
  insertRuns,
  newId,
  noteFires,
  type DueSchedule,
  type EntityManager,
  type FireNote,
  type Inserted,
  type NewRun,
} from '@runnel/store';
import type { FirePlan, FireToStart } from './plan-fires';
import type { RunOfSchedule } from './run-of-schedule';
import { isOver, settleAhead } from './settle-ahead';

/** What a schedule's moments start; how many tasks it has that was made ahead; or why they cannot start anything. */
export type Work = RunOfSchedule | { aheadTasks: number } | { refused: string };

export interface PlannedFires {
  due: DueSchedule;
  plan: FirePlan;
  /** Null when nothing starts. */
  work: Work | null;
}

export interface Settled {
  started: number;
  /** Runs that are to give way. */
  aborts: { spaceId: string; runId: string }[];
  /** Robots that have another version by now: their schedules are as they were. */
  stale: { spaceId: string; robotId: string }[];
}

/** Writes what is planned for schedules that are locked: runs with their tasks, fires, and the moments that are next. */
export async function settleFires(manager: EntityManager, planned: PlannedFires[]): Promise<Settled> {
  const starting = planned
    .filter(({ due }) => due.schedule.aheadRunId === null)
    .flatMap((each) => each.plan.starts.map((fire) => ({ each, fire, run: runOf(each, fire) })));
  const runs = starting.map(({ run }) => run).filter((run) => run !== null);
  const inserted = runs.length === 0 ? [] : await insertRuns(manager, runs);
  const outcomes = new Map(runs.map((run, index) => [run, inserted[index]]));
  const ofStarts = starting.map(({ each, fire, run }) => ({
    each,
    fire,
    run,
    outcome: run && outcomes.get(run),
  }));
  const stale = new Set(ofStarts.filter(({ outcome }) => outcome?.kind === 'gone').map(({ each }) => each));
  const settled = planned.filter((each) => !stale.has(each));
  const refused = ofStarts.filter(({ each, outcome }) => !stale.has(each) && outcome?.kind !== 'started');
  await noteFires(manager, [
    ...refused.map(({ each, fire, outcome }) => refusalOf(each, fire, outcome ?? null)),
    ...settled.flatMap(notesOf),
  ]);
  const released = await settleAhead(manager, settled);
  const last = new Map([
    ...released,
    ...ofStarts.flatMap(({ each, run, outcome }) =>
      run && outcome?.kind === 'started' ? [[each, run.id] as const] : [],
    ),
  ]);
  await advanceSchedules(
    manager,
    settled.map((each) => {
      const { schedule, now } = each.due;
      const { id, aheadRunId, lastRunId, lastRunAt } = schedule;
      const runId = last.get(each);
      return {
        id,
        ...each.plan.after,
        aheadRunId: isOver(each) ? null : aheadRunId,
        ...(runId ? { lastRunId: runId, lastRunAt: now } : { lastRunId, lastRunAt }),
      };
    }),
  );
  return {
    started: released.size + inserted.filter(({ kind }) => kind === 'started').length,
    aborts: settled.flatMap(({ due, plan }) =>
      plan.aborts.map((runId) => ({ spaceId: due.schedule.spaceId, runId })),
    ),
    stale: [...stale].map(({ due: { schedule } }) => schedule),
  };
}

/** The run has the id of its fire. */
function runOf({ due: { schedule }, work }: PlannedFires, fire: FireToStart): NewRun | null {
  if (!work || !('tasks' in work)) return null;
  const { kind, scheduledFor } = fire;
  return {
    ...work,
    id: fire.id ?? newId(),
    scheduleId: schedule.id,
    fire: { scheduleId: schedule.id, kind, scheduledFor },
    isRoomKnown: false,
    tasks: work.tasks.map((task) => ({ ...task, id: newId() })),
  };
}

function refusalOf(
  { due: { schedule }, work }: PlannedFires,
  fire: FireToStart,
  outcome: Inserted | null,
): FireNote {
  const { kind, scheduledFor } = fire;
  const reason = work && 'refused' in work ? work.refused : whyFull(outcome);
  return { id: fire.id ?? newId(), scheduleId: schedule.id, kind, scheduledFor, outcome: 'error', reason };
}

function whyFull(outcome: Inserted | null): string {
  if (outcome?.kind !== 'full') return 'it could not be started';
  return `${outcome.queued} tasks of this space wait already, and ${outcome.limit} may`;
}

function notesOf({ due: { schedule, waiting }, plan }: PlannedFires): FireNote[] {
  const scheduleId = schedule.id;
  const noted = plan.noted.map((fire) => ({ id: newId(), scheduleId, ...fire }));
  const dropped = plan.dropped.flatMap(({ id, outcome, reason }) =>
    waiting.filter((fire) => fire.id === id).map((fire) => ({ ...fire, scheduleId, outcome, reason })),
  );
  return [...noted, ...dropped];
}
