import { newId, noteFires, releaseRuns, type EntityManager, type FireNote } from '@runnel/store';
import { abortAhead } from './abort-ahead';
import type { PlannedFires } from './settle-fires';

/**
 * Lets the runs begin that schedules made ahead, where their moments start them, and ends those whose moments pass
 * without. Gives the runs that begin.
 */
export async function settleAhead(
  manager: EntityManager,
  planned: PlannedFires[],
): Promise<Map<PlannedFires, string>> {
  const ahead = planned.flatMap((each) => {
    const { aheadRunId } = each.due.schedule;
    return aheadRunId === null ? [] : [{ each, runId: aheadRunId }];
  });
  const starting = ahead.filter(({ each }) => each.plan.starts.length > 0);
  const released = await releaseRuns(
    manager,
    starting.map(({ runId }) => runId),
  );
  await noteFires(
    manager,
    starting.flatMap(({ each, runId }) => noteOf(each, released.includes(runId) ? runId : null)),
  );
  const over = ahead.filter(({ each }) => each.plan.starts.length === 0 && isOver(each));
  for (const { each } of over) await abortAhead(manager, each.due.schedule);
  return new Map(
    starting.filter(({ runId }) => released.includes(runId)).map(({ each, runId }) => [each, runId]),
  );
}

/** True when nothing of the schedule is to come. */
export function isOver({ plan: { after } }: PlannedFires): boolean {
  return after.nextMoment === null && after.waiting === 0;
}

/** The one moment has one fire: with the id of its run, if that begins. */
function noteOf({ due, plan }: PlannedFires, runId: string | null): FireNote[] {
  const outcome =
    runId === null
      ? ({ outcome: 'error', reason: 'the run that was made for this moment ended before it came' } as const)
      : ({ outcome: 'started', reason: null } as const);
  return plan.starts.map(({ kind, scheduledFor }) => ({
    ...{ id: runId ?? newId(), scheduleId: due.schedule.id, kind, scheduledFor },
    ...outcome,
  }));
}
