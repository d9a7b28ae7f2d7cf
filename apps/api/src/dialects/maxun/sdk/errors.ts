import { z } from 'zod';
import type { Dialect } from '../../../dialect';
import { faultSchema } from '../../../fault-schema';
import type { HttpProblem } from '../../../http-problem';

/** Maxun's clients show `error`, or `error: message`. */
export const problemSchema = z.object({
  error: z.string(),
  message: z.string().optional(),
  code: z.string(),
  requestId: z.string(),
  details: z.array(faultSchema).optional().meta({ description: 'Every fault, and where it is' }),
});

export const problem: Dialect['problem'] = {
  schema: problemSchema,
  present: (found, { requestId }) => ({ status: found.status, body: { ...told(found), requestId } }),
};

function told({ status, code, message, faults }: HttpProblem) {
  if (status === 401) return { error: 'Unauthorized', message, code };
  const [first] = faults;
  if (!first) return { error: message, code };
  const sentence = first.path === '' ? first.message : `${first.path} ${first.message}`;
  return { error: message, message: sentence, code, details: faults };
}
