import type { Event } from '@runnel/contracts';
import type { FaultRecord } from './fault-record';
import type { LedgerRun } from './ledger-snapshot';

/** An attempt that a fault took, and how its task went on. Milliseconds from the fault. */
export interface Recovery {
  taskId: string;
  runId: string;
  /** Null: no fault that is known of; the machine was too slow, or a server was away. */
  fault: FaultRecord | null;
  /** As the ledger has it: the code of the failure, or what else put it back. */
  reason: string;
  /** Until the task was back in the queue. */
  noticedMs: number;
  /** Until another attempt began; null: none was due any more. */
  startedMs: number | null;
  /** Until its end was committed. */
  committedMs: number | null;
  /** How many attempts faults took of this task. */
  hits: number;
}

interface Taken {
  taskId: string;
  runId: string;
  reason: string;
  pid: number;
  startedAt: number;
  closedAt: number;
  restartedAt: number | null;
  committedAt: number | null;
}

/** Every attempt that ended otherwise than by its own, with the last fault that its worker met before. */
export function findRecoveries(ledger: Map<string, LedgerRun>, faults: FaultRecord[]): Recovery[] {
  const taken = [...ledger.values()].flatMap(({ tasks, events }) =>
    tasks.flatMap(({ id }) =>
      takenOf(
        id,
        events.filter(({ taskId }) => taskId === id),
      ),
    ),
  );
  const hits = new Map<string, number>();
  for (const { taskId } of taken) hits.set(taskId, (hits.get(taskId) ?? 0) + 1);
  return taken.map(({ taskId, runId, reason, pid, startedAt, closedAt, restartedAt, committedAt }) => {
    // A claim may be committed a moment after the fault: at a statement, it is the claim's answer that is missing.
    const fault = faults.findLast(
      (each) => each.pid === pid && each.at <= closedAt && each.until >= startedAt - 1_000,
    );
    const since = fault?.at ?? closedAt;
    const from = (moment: number | null): number | null =>
      moment === null ? null : Math.max(0, moment - since);
    return {
      taskId,
      runId,
      reason,
      fault: fault ?? null,
      noticedMs: closedAt - since,
      startedMs: from(restartedAt),
      committedMs: from(committedAt),
      hits: hits.get(taskId) ?? 1,
    };
  });
}

/** The attempts of one task that were taken from it: put back without having failed by the site's doing. */
function takenOf(taskId: string, events: Event[]): Taken[] {
  const committed = events.find(({ event }) => event.kind === 'task.ended');
  return events.flatMap((closing, index) => {
    if (closing.event.kind !== 'task.requeued') return [];
    const started = events.find(
      ({ attempt, event }) => attempt === closing.attempt && event.kind === 'task.started',
    );
    const next = events.slice(index + 1).find(({ event }) => event.kind === 'task.started');
    return [
      {
        taskId,
        runId: closing.runId,
        reason: closing.event.failure?.code ?? closing.event.reason,
        pid: pidOf(started),
        startedAt: started?.at.getTime() ?? 0,
        closedAt: closing.at.getTime(),
        restartedAt: next?.at.getTime() ?? null,
        committedAt: committed?.at.getTime() ?? null,
      },
    ];
  });
}

/** A worker is called by its host, its process and a few letters. */
function pidOf(started: Event | undefined): number {
  if (started?.event.kind !== 'task.started') return 0;
  return Number(/-(\d+)-[0-9a-f]+$/.exec(started.event.worker)?.[1] ?? 0);
}

/** For each outage of a server, how long after its end the next task was claimed. */
export function recoveriesOfServers(
  ledger: Map<string, LedgerRun>,
  faults: FaultRecord[],
): { fault: FaultRecord; startedMs: number }[] {
  const starts = [...ledger.values()]
    .flatMap(({ events }) => events)
    .filter(({ event }) => event.kind === 'task.started')
    .map(({ at }) => at.getTime())
    .sort((a, b) => a - b);
  return faults
    .filter(({ pid }) => pid === null)
    .flatMap((fault) => {
      const next = starts.find((at) => at >= fault.until);
      return next === undefined ? [] : [{ fault, startedMs: next - fault.until }];
    });
}
