import type { Engine, SessionSource } from '@runnel/contracts';
import { runDefinition, type TaskOutput } from '@runnel/interpreter';
import type { ClaimedTask } from '@runnel/store';

/** Runs the task's robot on a session of its own. */
export async function readBy(
  engine: Engine,
  sessions: Record<Engine, SessionSource>,
  { task, output, signal }: { task: ClaimedTask; output: TaskOutput; signal: AbortSignal },
): Promise<void> {
  const { definition, inputs, record } = task;
  const session = await sessions[engine].open(definition.options, signal);
  try {
    await runDefinition(definition, inputs, { session, output, signal, record });
  } finally {
    await session.close();
  }
}
