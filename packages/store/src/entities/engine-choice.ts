import type { EngineChoice } from '@runnel/contracts';
import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';
import { column } from './columns';

const choiceColumns = {
  robotId: column('robot_id', 'uuid', { primary: true }),
  version: column('version', 'int', { primary: true }),
  engine: column('engine', 'text', { default: 'browser' }),
  reason: column('reason', 'text', { default: '' }),
  tasks: column('tasks', 'int', { default: 0 }),
  lastCheck: column('last_check', 'int', { default: 0 }),
  nextCheck: column('next_check', 'int', { default: 1 }),
  rows: column('rows', 'int', { default: 0 }),
  misses: column('misses', 'int', { default: 0 }),
} satisfies Record<keyof EngineChoice, EntitySchemaColumnOptions>;

export const engineChoiceSchema = new EntitySchema<EngineChoice>({
  name: 'engine_choice',
  tableName: 'engine_choices',
  columns: choiceColumns,
  checks: [{ name: 'engine_choices_engine', expression: `engine IN ('browser', 'http')` }],
  foreignKeys: [
    {
      name: 'engine_choices_version',
      target: 'robot_version',
      columnNames: ['robotId', 'version'],
      referencedColumnNames: ['robotId', 'version'],
      onDelete: 'CASCADE',
    },
  ],
});
