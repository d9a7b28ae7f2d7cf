import type { DataSource } from '@runnel/store';

/** Schedules of one robot that come once a year, each at its own second; none is due within a month. Their runs may overlap. */
export async function seedSchedules(
  dataSource: DataSource,
  { spaceId, robotId, count }: { spaceId: string; robotId: string; count: number },
): Promise<void> {
  const target = { inputs: {}, recordType: null, records: [], fileIds: [], recordFilter: null };
  await dataSource.query(
    `INSERT INTO schedules (id, space_id, robot_id, name, type, cron, timezone, jitter_seconds, overlap_policy,
       misfire_policy, misfire_window_seconds, catch_up_max, target, execution_options, reads_first, next_moment,
       due_at)
     SELECT uuidv7(), $1, $2, 'Schedule ' || n, 'recurring', '0 0 1 1 *', 'UTC', 0, 'allow', 'fire_once', 3600, 100,
       $3, '{}', false, at, at
     FROM generate_series(1, $4::int) n, LATERAL (SELECT date_trunc('day', now()) + (30 + n % 300) * interval '1 day'
       + n % 86400 * interval '1 second' AS at)`,
    [spaceId, robotId, JSON.stringify(target), count],
  );
  await dataSource.query('VACUUM ANALYZE schedules');
}
