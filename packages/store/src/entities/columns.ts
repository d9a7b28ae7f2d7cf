import type { EntitySchemaColumnOptions } from 'typeorm';

/** Shorthands for the columns that recur; each names its column. JSON is kept as `json`, which keeps the order of keys. */

export const uuidKey = { type: 'uuid', primary: true } satisfies EntitySchemaColumnOptions;

export function column(
  name: string,
  type: 'uuid' | 'text' | 'int' | 'boolean' | 'json' | 'timestamptz' | 'date' | 'bytea',
  more: Partial<EntitySchemaColumnOptions> = {},
): EntitySchemaColumnOptions {
  return { name, type, ...more };
}

export const createdAt = column('created_at', 'timestamptz', { default: () => 'now()' });
