import type { Fault } from '@runnel/contracts';
import { z } from 'zod';
import { keyFrom } from '../../credential';
import type { Dialect } from '../../dialect';
import { faultSchema } from '../../fault-schema';
import type { HttpProblem } from '../../http-problem';

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
  present: (found, { request, requestId }) => {
    const { status, code, faults } = found;
    const isKeyless = code === 'UNAUTHORIZED' && keyFrom(request.headers) === null;
    const told = isKeyless ? howToSendKey : sentenceOf(found);
    const details = faults.length > 0 && { details: faults };
    return { status, body: { error: told, message: told, code, requestId, ...details } };
  },
};

const howToSendKey =
  'No API key: send it as `Authorization: Bearer KEY`, `Authorization: KEY` or `x-api-key: KEY`';

/** Many clients show the sentence alone, so it names the first thing that is wrong. */
function sentenceOf({ code, message, faults: [first] }: HttpProblem): string {
  return code === 'INVALID_INPUT' && first ? `${message}: ${shown(first)}` : message;
}

function shown({ path, message }: Fault): string {
  return path === '' ? `it ${message}` : `${path} ${message}`;
}
