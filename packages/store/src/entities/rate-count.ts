import { EntitySchema } from 'typeorm';
import { column } from './columns';

/** How often somebody asked in the time until `until`. */
interface RateCount {
  name: string;
  hits: number;
  until: Date;
}

export const rateCountSchema = new EntitySchema<RateCount>({
  name: 'rate_count',
  tableName: 'rate_counts',
  columns: {
    name: column('name', 'text', { primary: true }),
    hits: column('hits', 'int'),
    until: column('until', 'timestamptz'),
  },
  indices: [{ name: 'rate_counts_until', columns: ['until'] }],
});
