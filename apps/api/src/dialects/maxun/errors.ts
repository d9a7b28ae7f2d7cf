import { z } from 'zod';
import type { Dialect } from '../../dialect';
import { faultSchema } from '../../fault-schema';

const messageCodes: Record<number, string> = {
  400: 'bad_request',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  413: 'payload_too_large',
  422: 'unprocessable_entity',
  429: 'too_many_requests',
  500: 'error',
  501: 'not_implemented',
  503: 'service_unavailable',
};

const beyond = {
  code: z.string(),
  requestId: z.string(),
  field: z.string().optional().meta({ description: 'Where the first fault is' }),
  faults: z.array(faultSchema).optional(),
};

const schema = z.union([
  z.object({ statusCode: z.number().int(), messageCode: z.string(), message: z.string(), ...beyond }),
  z.object({ ok: z.literal(false), error: z.literal('Unauthorized'), message: z.string(), ...beyond }),
]);

/** A problem as the seed shapes it; `code`, `requestId` and the faults are beyond it. */
export const problem: Dialect['problem'] = {
  schema,
  present: ({ status, code, message, faults }, { request, requestId }) => {
    const [first] = faults;
    const more = { code, requestId, ...(first && { field: first.path, faults }) };
    if (status === 401) return { status, body: { ok: false, error: 'Unauthorized', message, ...more } };
    const told = status === 500 ? seedMessage(request) : message;
    return {
      status,
      body: { statusCode: status, messageCode: messageCodes[status] ?? 'error', message: told, ...more },
    };
  },
};

/** The seed has one sentence for each route that breaks. */
function seedMessage({ path, method }: { path: string; method: string }): string {
  if (!/\/runs\b/.test(path)) return 'Failed to retrieve robots';
  return method === 'POST' ? 'Failed to run robot' : 'Failed to retrieve runs';
}
