import type { Fault } from '@runnel/contracts';

export type ProblemCode =
  | 'UNAUTHORIZED'
  | 'FORBIDDEN'
  | 'INVALID_INPUT'
  | 'BODY_NOT_JSON'
  | 'BODY_TOO_LARGE'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'TOO_MANY_TASKS'
  | 'NOT_IMPLEMENTED'
  | 'UNAVAILABLE'
  | 'INTERNAL';

const statuses: Record<ProblemCode, number> = {
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  INVALID_INPUT: 400,
  BODY_NOT_JSON: 400,
  BODY_TOO_LARGE: 413,
  NOT_FOUND: 404,
  CONFLICT: 409,
  IDEMPOTENCY_KEY_REUSED: 422,
  TOO_MANY_TASKS: 429,
  NOT_IMPLEMENTED: 501,
  UNAVAILABLE: 503,
  INTERNAL: 500,
};

/** After how many seconds the same request may do better. */
const retryAfter: Partial<Record<ProblemCode, number>> = { TOO_MANY_TASKS: 10, UNAVAILABLE: 2 };

/** A request that cannot be served; each dialect gives it its own shape. */
export class HttpProblem extends Error {
  readonly status: number;
  readonly retryAfterSeconds: number | null;

  constructor(
    readonly code: ProblemCode,
    message: string,
    readonly faults: Fault[] = [],
  ) {
    super(message);
    this.name = 'HttpProblem';
    this.status = statuses[code];
    this.retryAfterSeconds = retryAfter[code] ?? null;
  }
}
