import type { Fault } from '@runnel/contracts';
import type { Request } from 'express';
import { z } from 'zod';
import { keyFrom, unknownKey } from '../../credential';
import type { Dialect } from '../../dialect';
import { stepsOf } from './steps-of';

const detailSchema = z.object({
  location: z
    .array(z.union([z.string(), z.number()]))
    .meta({ description: 'Query, body or header, and where in it', example: ['body', 'inputs', 'order_id'] }),
  message: z.string(),
  type: z.enum(['missing', 'invalid']),
  found: z.unknown().optional(),
  allowed: z.array(z.string()).optional(),
  didYouMean: z.string().optional(),
});

const schema = z.object({
  message: z.string(),
  status_code: z.number().int(),
  details: z.array(detailSchema).nullable(),
  code: z.string(),
  requestId: z.string(),
});

/** A problem as the contract shapes it; `code` and `requestId` are beyond it. */
export const problem: Dialect['problem'] = {
  schema,
  present: ({ status, code, message, faults }, { request, requestId }) => {
    const isKeyless = code === 'UNAUTHORIZED';
    const details = isKeyless
      ? [keyDetail(request, message)]
      : faults.map((fault) => detailOf(fault, request));
    const body: z.infer<typeof schema> = {
      message: isKeyless ? 'access not permitted' : message,
      status_code: status,
      details: details.length === 0 ? null : details,
      ...{ code, requestId },
    };
    return { status, body };
  },
};

type Detail = z.infer<typeof detailSchema>;

function keyDetail({ headers }: Request, reason: string): Detail {
  const location = ['header', 'x-api-key'];
  const message = reason === unknownKey ? 'is not a key that is known' : reason;
  if (keyFrom(headers) !== null) return { location, message, type: 'invalid' };
  return { location, message: 'is missing; send your API key in it', type: 'missing' };
}

function detailOf(fault: Fault, request: Request): Detail {
  const { path, message, found, allowed, didYouMean } = fault;
  const steps = stepsOf(path);
  return {
    location: [placeOf(steps, request), ...steps],
    message,
    type: typeOf(fault),
    ...(found !== undefined && { found }),
    ...(allowed && { allowed }),
    ...(didYouMean !== undefined && { didYouMean }),
  };
}

function typeOf({ message, found }: Fault): 'missing' | 'invalid' {
  return found === undefined && message.startsWith('is missing') ? 'missing' : 'invalid';
}

/** No operation takes one name in both its query and its body. */
function placeOf([first = '']: (string | number)[], { method, query }: Pick<Request, 'method' | 'query'>) {
  if (first === 'Idempotency-Key') return 'header';
  return method === 'GET' || Object.hasOwn(query, first) ? 'query' : 'body';
}
