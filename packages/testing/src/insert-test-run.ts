import { insertRuns, newId, type DataSource, type NewRun, type NewTask } from '@runnel/store';

/** A run in the ledger, queued, of one task or of `count`, without an API. */
export async function insertTestRun(
  dataSource: DataSource,
  wanted: { spaceId: string; robotId: string; count?: number; task?: Partial<NewTask> } & Partial<NewRun>,
): Promise<{ runId: string; taskIds: string[] }> {
  const { count = 1, task = {}, ...parts } = wanted;
  const run: NewRun = {
    id: newId(),
    robotVersion: 1,
    stage: 'published',
    name: 'A run',
    origin: 'api',
    tags: [],
    priority: 0,
    retryOf: null,
    scheduleId: null,
    keyId: null,
    fire: null,
    fileIds: [],
    delayMs: 0,
    idempotency: null,
    isRoomKnown: false,
    tasks: Array.from({ length: count }, () => ({ ...aTask(), ...task })),
    ...parts,
  };
  const [inserted] = await insertRuns(dataSource.manager, [run]);
  if (inserted?.kind !== 'started') throw new Error(`the run was not inserted: ${JSON.stringify(inserted)}`);
  return { runId: run.id, taskIds: run.tasks.map(({ id }) => id) };
}

function aTask(): NewTask {
  return { id: newId(), inputs: {}, record: null, maxAttempts: 3, deadlineMs: 600_000 };
}
