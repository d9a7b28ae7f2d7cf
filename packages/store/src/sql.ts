import { createHash } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import type { EntityManager, EntitySchema } from 'typeorm';

/**
 * `t.run_id AS "runId", …`: what makes raw rows have the names of the schema's interface. Without the columns that are
 * read by themselves. `instead`: what stands in the place of a column.
 */
export function columnsOf<T>(
  schema: EntitySchema<T>,
  alias: string,
  instead: Partial<Record<keyof T & string, string>> = {},
): string {
  const replaced = new Map<string, string>(Object.entries(instead));
  const columns = Object.entries(schema.options.columns) as [string, { name?: string; select?: boolean }][];
  return columns
    .filter(([, { select }]) => select !== false)
    .map(
      ([property, { name }]) =>
        `${replaced.get(property) ?? `${alias}.${name ?? property}`} AS "${property}"`,
    )
    .join(', ');
}

/**
 * Rows of a statement whose columns the caller lists to be those of T. Within the manager's transaction, if it is
 * in one. The statement is prepared once on each connection: planning would cost more than running it.
 */
export async function rowsOf<T>(manager: EntityManager, statement: string, values: unknown[]): Promise<T[]> {
  const { rows } = await (
    await clientOf(manager)
  ).query({ name: nameOf(statement), text: statement, values });
  return rows as T[];
}

/** TypeORM's pool, or the connection of its transaction: it has no call of its own for prepared statements. */
async function clientOf(manager: EntityManager): Promise<Pool | ClientBase> {
  if (manager.queryRunner) return (await manager.queryRunner.connect()) as ClientBase;
  return (manager.dataSource.driver as unknown as { master: Pool }).master;
}

function nameOf(statement: string): string {
  return createHash('sha1').update(statement).digest('hex');
}

/** Postgres tells whoever waits of a run's change on this channel: its id, its `seq` and its status. */
export const runChannel = 'runnel_run';
/** And workers, of a run that is to be aborted: its id. */
export const abortChannel = 'runnel_abort';

/** Tells of the change in the statement that makes it; `run` has the run's id, seq and status. */
export function tellOf(run: string): string {
  return `SELECT pg_notify('${runChannel}', concat_ws(' ', ${run}.id, ${run}.seq, ${run}.status)) FROM ${run}`;
}
