import type { OverlapPolicy } from '@runnel/contracts';
import {
  advanceSchedules,
  explainFires,
  newId,
  noteFires,
  readDue,
  ScheduleStore,
  type DueSchedule,
  type EntityManager,
  type NewRun,
  type ScheduleKey,
} from '@runnel/store';
import { endQueued, markAllAborting } from '../run/abort-run';
import { fingerprintOf } from '../run/fingerprint';
import { insertRun } from '../run/insert-run';
import { replay, type Started } from '../run/replay';
import { beginAhead } from './begin-ahead';
import { runOfSchedule, type RunOfSchedule } from './run-of-schedule';
import type { ScheduleDeps } from './schedule-deps';
import { ScheduleBusyError } from './schedule-refused';

interface RunNow {
  key: ScheduleKey;
  /** The request in its sender's words: what the idempotency key stands for. */
  asked: Record<string, unknown>;
  /** Null: the schedule's. */
  overlapPolicy: OverlapPolicy | null;
  idempotencyKey: string | null;
  /** The key that asks for it: the run is its own, and not that of the schedule's key. */
  keyId?: string | null;
}

type Command = RunNow & { spaceId: string; robotId: null };

/**
 * Starts a run of a schedule now, also while it is paused; its moments stay as they are. One that was made ahead begins
 * now instead of at its moment. Null when there is no such schedule.
 * @throws ScheduleBusyError when its policy is `skip` or `queue_one` and a run of it has not ended.
 * @throws InvalidInputError, SpaceFullError, KeyReusedError, RunRemovedError, AheadRunEndedError
 */
export async function runNow(deps: ScheduleDeps, wanted: RunNow): Promise<Started | null> {
  const { manager } = deps.dataSource;
  const { spaceId, scheduleId } = wanted.key;
  const command = { ...wanted, spaceId, robotId: null, asked: { schedule: scheduleId, ...wanted.asked } };
  const replayed = await replay(manager, command);
  if (replayed) return replayed;
  for (let tries = 0; tries < 6; tries += 1) {
    const schedule = await new ScheduleStore(manager).find(wanted.key);
    const isAhead = typeof schedule?.aheadRunId === 'string';
    const work = schedule && !isAhead ? await runOfSchedule(deps, schedule, 'read') : null;
    if (!schedule || (!work && !isAhead)) return null;
    const start = await startLocked(deps, command, { work, revision: schedule.revision });
    if (!start) continue;
    deps.dispatcher.soon();
    // It has started: if this goes wrong, the sweep ends them.
    await endQueued(deps.dataSource, start.aborts).catch(() => null);
    return start.started;
  }
  throw new Error(`schedule ${scheduleId} is edited faster than it can be run`);
}

interface Pressed {
  started: Started;
  /** Runs that give way: their queued tasks are to be ended. */
  aborts: string[];
}

/** Null when the schedule or its robot was edited meanwhile. `work`: null when it was made ahead. */
async function startLocked(
  { dataSource }: ScheduleDeps,
  command: Command,
  { work, revision }: { work: RunOfSchedule | null; revision: number },
): Promise<Pressed | null> {
  return dataSource.transaction(async (manager) => {
    const locked = await new ScheduleStore(manager).lock(command.key);
    const [due] = locked?.revision === revision ? await readDue(manager, [locked.id]) : [];
    if (!due) return null;
    // Whoever pressed twice may have waited for the lock.
    const replayed = await replay(manager, command);
    if (replayed) return { started: replayed, aborts: [] };
    const { aheadRunId: runId } = due.schedule;
    if (runId === null) return work && startAnother(manager, command, { due, work });
    const begun = await beginAhead(manager, due, { ...command, runId });
    return begun && { started: begun, aborts: [] };
  });
}

async function startAnother(
  manager: EntityManager,
  command: Command,
  { due, work }: { due: DueSchedule; work: RunOfSchedule },
): Promise<Pressed | null> {
  const { schedule, now, active } = due;
  const policy = command.overlapPolicy ?? schedule.overlapPolicy;
  refuseIfBusy(active, policy);
  const started = await insertRun(manager, command, runOf(command, { work, now }));
  if (!started) return null;
  const isReplacing = policy === 'cancel_previous';
  const waiting = isReplacing ? await replaceWaiting(manager, due) : schedule.waiting;
  await advanceSchedules(manager, [{ ...schedule, waiting, lastRunId: started.run.id, lastRunAt: now }]);
  const replaced = isReplacing ? active.map(({ id }) => id) : [];
  await explainFires(manager, replaced, 'a run by hand took the place of its run');
  return { started, aborts: await markAllAborting(manager, schedule.spaceId, replaced) };
}

/** A moment that waits for the run before it gives way as well. How many fires wait still. */
async function replaceWaiting(manager: EntityManager, { schedule, waiting }: DueSchedule): Promise<number> {
  const replaced = waiting.filter(({ kind }) => kind === 'cron');
  const outcome = { outcome: 'skipped_overlap', reason: 'a run by hand came in its place' } as const;
  await noteFires(
    manager,
    replaced.map((fire) => ({ ...fire, scheduleId: schedule.id, ...outcome })),
  );
  return waiting.length - replaced.length;
}

/** @throws ScheduleBusyError */
function refuseIfBusy([run]: { id: string }[], policy: OverlapPolicy): void {
  if (run && (policy === 'skip' || policy === 'queue_one')) throw new ScheduleBusyError(run.id);
}

function runOf(
  { key, asked, idempotencyKey, keyId = null }: Command,
  { work, now }: { work: RunOfSchedule; now: Date },
): NewRun {
  const { scheduleId } = key;
  return {
    ...work,
    id: newId(),
    keyId,
    scheduleId,
    fire: { scheduleId, kind: 'manual', scheduledFor: now },
    idempotency: idempotencyKey === null ? null : { key: idempotencyKey, fingerprint: fingerprintOf(asked) },
    isRoomKnown: false,
  };
}
