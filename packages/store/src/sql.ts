import type { EntityManager, EntitySchema } from 'typeorm';

/** `t.run_id AS "runId", …`: what makes raw rows have the names of the schema's interface. */
export function columnsOf<T>(schema: EntitySchema<T>, alias: string): string {
  const columns = Object.entries(schema.options.columns) as [string, { name?: string }][];
  return columns.map(([property, { name }]) => `${alias}.${name ?? property} AS "${property}"`).join(', ');
}

/** Rows of a statement whose columns the caller lists to be those of T. */
export async function rowsOf<T>(manager: EntityManager, statement: string, values: unknown[]): Promise<T[]> {
  const result: unknown = await manager.query(statement, values);
  // An UPDATE outside of a WITH gives rows and a count.
  const rows = Array.isArray(result) && Array.isArray(result[0]) ? (result[0] as unknown[]) : result;
  return rows as T[];
}

/** Postgres tells waiting clients of a run's change on this channel, with the run's id. */
export const runChannel = 'runnel_run';
