import type { Fault } from '@runnel/contracts';
import { z } from 'zod';
import type { Dialect } from '../../dialect';
import { faultSchema } from '../../fault-schema';
import { inOurWords } from './fault-paths';

/** Clients of this API read `error` first, then `message`. */
export const problem: Dialect['problem'] = {
  schema: z
    .object({
      error: z.string().meta({ description: 'A sentence for a person' }),
      message: z.string(),
      code: z.string(),
      requestId: z.string(),
      details: z.array(faultSchema).optional(),
    })
    .meta({ id: 'Refusal' }),
  present: ({ status, code, message, faults }, { requestId }) => {
    const details = faults.map(inOurWords);
    const told =
      code === 'INVALID_INPUT' ? [message, ...details.slice(0, 1).map(sentenceOf)].join(': ') : message;
    const body = { error: told, message: told, code, requestId, ...(details.length > 0 && { details }) };
    return { status, body };
  },
};

/** Many clients show the sentence alone, so it names the first thing that is wrong. */
function sentenceOf({ path, message }: Fault): string {
  return path === '' ? `it ${message}` : `${path} ${message}`;
}
