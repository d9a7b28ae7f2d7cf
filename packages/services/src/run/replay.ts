import { RunStore, startedWith, type EntityManager, type RunView } from '@runnel/store';
import { differences, fingerprintOf, type Fingerprint } from './fingerprint';
import type { StartCommand } from './new-run';
import { KeyReusedError, RunRemovedError } from './start-refused';

export interface Started {
  run: RunView;
  /** True: an earlier start with the same idempotency key made it. */
  isReplayed: boolean;
}

/** What a start is found again by. */
export type Replayable = Pick<StartCommand, 'spaceId' | 'asked' | 'idempotencyKey'> & {
  robotId: string | null;
};

/** The run that was started with the command's key before, whatever became of its robot and its files since. */
export async function replay(manager: EntityManager, command: Replayable): Promise<Started | null> {
  const { spaceId, idempotencyKey: key } = command;
  const known = key === null ? null : await startedWith(manager, { spaceId, key });
  return known && found(manager, command, known);
}

/** @throws KeyReusedError, RunRemovedError */
export async function found(
  manager: EntityManager,
  command: Replayable,
  known: { runId: string; fingerprint: Fingerprint },
): Promise<Started> {
  const faults = differences(known.fingerprint, fingerprintOf(command.asked));
  if (faults.length > 0) throw new KeyReusedError(faults);
  const { spaceId, robotId } = command;
  const run = await new RunStore(manager).find({ spaceId, robotId, runId: known.runId }, 0);
  if (!run) throw new RunRemovedError();
  return { run, isReplayed: true };
}
