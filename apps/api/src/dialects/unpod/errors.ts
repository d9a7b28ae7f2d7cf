import type { Fault } from '@runnel/contracts';
import type { Response } from 'express';
import { z } from 'zod';
import { keyFrom, unknownKey } from '../../credential';
import type { Dialect } from '../../dialect';
import type { ProblemCode } from '../../http-problem';
import { requestIdOf } from '../../request-id';

/** Everything that is refused. `code` and `requestId` are ours. */
export const refusalSchema = z.object({
  status_code: z.number().int(),
  message: z.string(),
  data: z
    .union([z.array(z.never()).length(0), z.strictObject({})])
    .meta({ description: 'Empty: a list where there would be one with status 206, else an object' }),
  errors: z
    .union([z.string(), z.record(z.string(), z.array(z.string()))])
    .optional()
    .meta({ description: 'A sentence, or sentences for each field that is not right' }),
  code: z.string(),
  requestId: z.string(),
});

const invalidBody = 'There is some Validation error';

interface Refusal {
  code: ProblemCode;
  message: string;
  errors: string;
  /** A client that reads a list of 206 without looking finds one. */
  data?: [];
}

/** An answer that tells why there is nothing. */
export function refused<Status extends number>(
  { response }: { response: Response },
  status: Status,
  { code, message, errors, data }: Refusal,
): { status: Status; body: z.infer<typeof refusalSchema> } {
  const requestId = requestIdOf(response);
  return { status, body: { status_code: status, message, data: data ?? {}, errors, code, requestId } };
}

/** The answer for a space that is another's, or nobody's. */
export function noSuchSpace(asked: { params: { space_token: string }; response: Response }, data?: []) {
  return refused(asked, 206, {
    code: 'NOT_FOUND',
    message: 'Invalid Space Token',
    errors: `Space "${asked.params.space_token}" not found`,
    ...(data && { data }),
  });
}

export const problem: Dialect['problem'] = {
  schema: refusalSchema,
  statuses: [206],
  present: (found, { request, requestId }) => {
    const { code, faults } = found;
    const isInvalidBody = code === 'INVALID_INPUT' && request.method === 'POST';
    const status = isInvalidBody ? 206 : found.status;
    const told = {
      status_code: status,
      message: found.message,
      data: {},
      ...(faults.length > 0 && { errors: fieldMap(faults) }),
      ...{ code, requestId },
    };
    if (isInvalidBody) return { status, body: { errors: found.message, ...told, message: invalidBody } };
    if (status !== 401) return { status, body: told };
    const hasKey = keyFrom(request.headers) !== null;
    const message = hasKey ? 'Invalid token.' : 'Authentication credentials were not provided.';
    const isOver = hasKey && found.message !== unknownKey;
    const errors = isOver ? found.message : 'Send the header `Authorization: Token KEY`';
    return { status, body: { ...told, message, errors } };
  },
};

/** The sentences for each field. */
function fieldMap(faults: Fault[]): Record<string, string[]> {
  const fields = new Map<string, Set<string>>();
  for (const { path, message, didYouMean } of faults) {
    const field = path === '' ? 'non_field_errors' : path;
    const sentences = fields.get(field) ?? new Set();
    fields.set(field, sentences.add(didYouMean ? `${message}; did you mean "${didYouMean}"?` : message));
  }
  return Object.fromEntries([...fields].map(([field, sentences]) => [field, [...sentences]]));
}
