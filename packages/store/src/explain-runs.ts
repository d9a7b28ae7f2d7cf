import type { Run } from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { runSchema } from './entities/run';
import type { Inserted, NewRun } from './insert-runs';
import { dayOf, usedOf } from './key-store';
import { queuedOf, versionWanted } from './room-for-runs';
import { columnsOf, rowsOf } from './sql';

/** Why runs were not inserted: they were before, their keys are known, or there is no room, no budget, or no robot. */
const explanation = `
  SELECT g.id AS "given", k.run_id AS "runId", k.fingerprint, s.max_queued AS "limit",
    ${queuedOf('s')} AS queued, a.daily_tasks AS budget, ${usedOf('a')} AS used,
    extract(epoch FROM ${dayOf('a')} + 1 - (statement_timestamp() AT TIME ZONE 'UTC'))::float8 * 1000 AS "untilNextMs",
    EXISTS (SELECT FROM robots r WHERE r.id = g."robotId" AND r.space_id = g."spaceId"
      AND g."robotVersion" = ${versionWanted('g', 'r')}) AS "isThere"
  FROM json_to_recordset($1::json) AS g (id uuid, "spaceId" uuid, "robotId" uuid, "robotVersion" int, stage text,
    key text, "keyId" uuid)
  JOIN spaces s ON s.id = g."spaceId"
  LEFT JOIN idempotency_keys k ON k.space_id = g."spaceId" AND k.key = g.key
  LEFT JOIN api_keys a ON a.id = g."keyId"`;

export type InsertedRun = Run & { room: number | null };

interface Explanation {
  given: string;
  runId: string | null;
  fingerprint: Record<string, string> | null;
  limit: number;
  queued: number;
  /** Of the key; null: any number. */
  budget: number | null;
  used: number;
  untilNextMs: number;
  isThere: boolean;
}

/** Those of runs that were not inserted which are there nevertheless, and of each why. */
export async function explain(
  manager: EntityManager,
  missing: { id: string }[],
): Promise<[InsertedRun[], Explanation[]]> {
  const statement = `SELECT ${columnsOf(runSchema, 'r')}, NULL::int AS room FROM runs r WHERE r.id = ANY($1)`;
  const known = await rowsOf<InsertedRun>(manager, statement, [missing.map(({ id }) => id)]);
  // Their tasks may be many, and are not asked for.
  const bare = JSON.stringify(missing.map((run) => ({ ...run, tasks: undefined })));
  return [known, await rowsOf<Explanation>(manager, explanation, [bare])];
}

/** A run that was not inserted, and why. */
export interface RefusedRun {
  run: NewRun;
  reason: Explanation;
}

/** True when it was refused for others of its call alone: by itself it has room, and a budget. */
export function wouldFit({ run: { tasks }, reason }: RefusedRun): boolean {
  const { runId, isThere, queued, limit, used, budget } = reason;
  if (runId !== null || !isThere) return false;
  return queued + tasks.length <= limit && (budget === null || used + tasks.length <= budget);
}

export function outcomeOf(reason: Explanation | undefined, tasks: number): Inserted {
  if (!reason) return { kind: 'gone' };
  const { runId, fingerprint, isThere, queued, limit } = reason;
  if (runId !== null && fingerprint !== null) return { kind: 'known', runId, fingerprint };
  if (!isThere) return { kind: 'gone' };
  const { budget, used, untilNextMs } = reason;
  if (budget !== null && used + tasks > budget) return { kind: 'spent', used, limit: budget, untilNextMs };
  return { kind: 'full', queued, limit };
}
