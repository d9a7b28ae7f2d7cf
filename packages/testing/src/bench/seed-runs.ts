import type { DataSource } from '@runnel/store';

const atOnce = 50_000;

/** An id of UUIDv7's form, which sorts by its number. */
const idOf = (kind: number, number: string): string =>
  `(lpad(to_hex(1750000000000 + ${number}), 12, '0') || '7${kind}00' || '8' || lpad(to_hex(${number}), 15, '0'))::uuid`;

/** Ended runs of one task with two rows each. Written by SQL: a million would take hours otherwise. */
export async function seedRuns(
  dataSource: DataSource,
  { spaceId, robotId, count }: { spaceId: string; robotId: string; count: number },
): Promise<void> {
  const at = `timestamptz '2025-06-15' + n * interval '1 second'`;
  for (let from = 0; from < count; from += atOnce) {
    const numbers = `generate_series(${from}, ${Math.min(from + atOnce, count) - 1}) n`;
    await dataSource.query(
      `INSERT INTO runs (id, space_id, robot_id, robot_version, name, status, origin, tags, task_count, tasks_succeeded,
         seq, stage, created_at, started_at, finished_at)
       SELECT ${idOf(1, 'n')}, $1, $2, 1, 'Run ' || n, 'succeeded', 'api', '{}', 1, 1, 0, 'published', ${at}, ${at}, ${at}
       FROM ${numbers}`,
      [spaceId, robotId],
    );
    await dataSource.query(
      `INSERT INTO tasks (id, space_id, run_id, ordinal, status, inputs, attempt, max_attempts, deadline_ms, row_count,
         lists, created_at, started_at, finished_at)
       SELECT ${idOf(2, 'n')}, $1, ${idOf(1, 'n')}, 0, 'succeeded', '{}', 1, 3, 600000, 2, '{"rows": 2}', ${at}, ${at}, ${at}
       FROM ${numbers}`,
      [spaceId],
    );
    await dataSource.query(
      `INSERT INTO rows (task_id, attempt, list, ordinal, position, data)
       SELECT ${idOf(2, 'n')}, 1, 'rows', i, i, json_build_object('n', n, 'i', i)
       FROM ${numbers}, generate_series(0, 1) i`,
    );
  }
  await dataSource.query(
    'INSERT INTO run_tallies (space_id, robot_id, runs, tasks) VALUES ($1, $2, $3, $3)',
    [spaceId, robotId, count],
  );
  for (const table of ['runs', 'tasks', 'rows', 'run_tallies'])
    await dataSource.query(`VACUUM ANALYZE ${table}`);
}
