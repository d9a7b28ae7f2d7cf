import {
  advanceSchedules,
  noteFires,
  noteStart,
  releaseRuns,
  RunStore,
  type DueSchedule,
  type EntityManager,
} from '@runnel/store';
import { fingerprintOf } from '../run/fingerprint';
import type { Started } from '../run/replay';
import { AheadRunEndedError } from './schedule-refused';

interface AheadRun {
  runId: string;
  /** The request that begins it. */
  asked: Record<string, unknown>;
  idempotencyKey: string | null;
}

/**
 * Lets a run begin now that was made ahead; its schedule, which is locked, has no moment left then. Null when the
 * idempotency key has another start.
 * @throws AheadRunEndedError
 */
export async function beginAhead(
  manager: EntityManager,
  { schedule, now }: DueSchedule,
  { runId, asked, idempotencyKey: key }: AheadRun,
): Promise<Started | null> {
  const { id: scheduleId, spaceId } = schedule;
  const start = { spaceId, runId, fingerprint: fingerprintOf(asked) };
  if (key !== null && !(await noteStart(manager, { ...start, key }))) return null;
  const released = await releaseRuns(manager, [runId]);
  if (released.length === 0) throw new AheadRunEndedError();
  const fire = { kind: 'manual', scheduledFor: now, outcome: 'started', reason: null } as const;
  await noteFires(manager, [{ id: runId, scheduleId, ...fire }]);
  const over = { nextMoment: null, dueAt: null, aheadRunId: null };
  await advanceSchedules(manager, [{ ...schedule, ...over, lastRunId: runId, lastRunAt: now }]);
  const run = await new RunStore(manager).find({ spaceId, robotId: null, runId }, 0);
  return run && { run, isReplayed: false };
}
