import { inputsOf, type RecordName, type Schedule } from '@runnel/contracts';
import type { NewRun, RobotWithDefinition } from '@runnel/store';
import { inputFiles } from '../file/input-files';
import { commandOf, newRun } from '../run/new-run';
import type { ScheduleDeps } from './schedule-deps';
import { targetRecords } from './target-records';

/** What a run of a schedule is made of. */
export interface ScheduledWork extends Pick<
  Schedule,
  'spaceId' | 'robotId' | 'keyId' | 'target' | 'maxAttempts'
> {
  /** The key that names the target now, and must be let use it; without it the target was looked at before. */
  namedBy?: string | null;
}

/** The parts of a run that are known before its moment is. */
export type RunOfSchedule = Omit<NewRun, 'isRoomKnown'>;

/**
 * The run that a schedule's moment starts, of its robot and its target as they are now. Null when there is no such robot.
 * `robot`: how it is looked up; what is remembered may be an older version, which the insertion refuses.
 * @throws InvalidInputError, NoMatchError
 */
export async function runOfSchedule(
  deps: Pick<ScheduleDeps, 'dataSource' | 'robots'>,
  { spaceId, robotId, keyId, target, maxAttempts, namedBy = null }: ScheduledWork,
  lookUp: 'find' | 'read' = 'find',
): Promise<RunOfSchedule | null> {
  const robot = await deps.robots[lookUp]({ spaceId, robotId, version: 'published' });
  if (!robot) return null;
  const { inputs, fileIds } = target;
  const named = { spaceId, target, keyId: namedBy };
  const command = commandOf({
    ...{ spaceId, robotId, asked: {}, inputs, fileIds, maxAttempts, keyId, origin: 'schedule' },
    records: hasRecords(target)
      ? async () =>
          (await targetRecords(deps.dataSource, { ...named, inputNames: inputNamesOf(robot) })) ?? []
      : null,
  });
  const files = await inputFiles(deps.dataSource, { spaceId, fileIds, keyId: namedBy });
  const run = await newRun({ robot, command, files });
  return {
    ...run,
    tasks: run.tasks.map((task) => ({ ...task, record: typed(task.record, target) })),
  };
}

/** What the schedule says of its records holds for those of files as well. */
function typed(record: RecordName | null, target: Schedule['target']): RecordName | null {
  const { recordType: type, fileIds } = target;
  if (type === null || (fileIds.length === 0 && !hasRecords(target))) return record;
  return { id: null, name: null, ...record, type };
}

function hasRecords({ records, recordFilter }: Schedule['target']): boolean {
  return records.length > 0 || recordFilter !== null;
}

function inputNamesOf({ definition }: RobotWithDefinition): string[] {
  return inputsOf(definition).map(({ name }) => name);
}
