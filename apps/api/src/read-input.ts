import { parseWithFaults } from '@runnel/contracts';
import type { z } from 'zod';
import { HttpProblem } from './http-problem';

/** What came in, parsed. @throws HttpProblem with every fault. */
export function read<T>(schema: z.ZodType<T>, input: unknown, what: 'body' | 'query' | 'header'): T {
  const { value, faults } = parseWithFaults(schema, input);
  if (faults.length > 0) throw new HttpProblem('INVALID_INPUT', `The ${what} is not right`, faults);
  return value as T;
}
