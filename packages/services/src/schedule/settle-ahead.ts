import { newId, noteFires, releaseRuns, type EntityManager, type FireNote } from '@runnel/store';
import { abortAhead } from './abort-ahead';
import type { PlannedFires } from './settle-fires';

/**
 * Lets the runs begin that schedules made ahead, where their moments start them, and ends those whose moments pass
 * without. Gives the fires that start, which have the ids of the runs.
 */
export async function settleAhead(
  manager: EntityManager,
  planned: PlannedFires[],
): Promise<Map<PlannedFires, FireNote[]>> {
  const ahead = planned.flatMap((each) => {
    const { aheadRunId } = each.due.schedule;
    return aheadRunId === null || each.until === null ? [] : [{ each, runId: aheadRunId }];
  });
  const starting = ahead.filter(({ each }) => each.plan.starts.length > 0);
  const released = await releaseRuns(
    manager,
    starting.map(({ runId }) => runId),
  );
  const notes = new Map(
    starting.map(
      ({ each, runId }) => [each, notesOf(each, released.includes(runId) ? runId : null)] as const,
    ),
  );
  await noteFires(manager, [...notes.values()].flat());
  for (const { each } of ahead.filter(({ each: { plan } }) => plan.starts.length === 0)) {
    await abortAhead(manager, each.due.schedule);
  }
  return new Map(
    [...notes].map(([each, fires]) => [each, fires.filter(({ outcome }) => outcome === 'started')]),
  );
}

/** The one moment has one fire: with the id of its run, if that begins. */
function notesOf({ due, plan }: PlannedFires, runId: string | null): FireNote[] {
  const outcome =
    runId === null
      ? ({ outcome: 'error', reason: 'the run that was made for this moment ended before it came' } as const)
      : ({ outcome: 'started', reason: null } as const);
  return plan.starts.map(({ kind, scheduledFor }) => ({
    ...{ id: runId ?? newId(), scheduleId: due.schedule.id, kind, scheduledFor },
    ...outcome,
  }));
}
