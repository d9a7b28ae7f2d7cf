import { fewFaults, type Fault } from '@runnel/contracts';

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
  | 'BUDGET_SPENT'
  | 'RATE_LIMITED'
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
  BUDGET_SPENT: 429,
  RATE_LIMITED: 429,
  NOT_IMPLEMENTED: 501,
  UNAVAILABLE: 503,
  INTERNAL: 500,
};

/** After how many seconds the same request may do better. */
const retryAfter: Partial<Record<ProblemCode, number>> = { TOO_MANY_TASKS: 10, UNAVAILABLE: 2 };

/** A request that cannot be served; each dialect gives it its own shape. */
export class HttpProblem extends Error {
  readonly status: number;
  readonly faults: Fault[];
  retryAfterSeconds: number | null;

  constructor(
    readonly code: ProblemCode,
    message: string,
    faults: Fault[] = [],
  ) {
    super(message);
    this.name = 'HttpProblem';
    this.status = statuses[code];
    this.faults = fewFaults(faults);
    this.retryAfterSeconds = retryAfter[code] ?? null;
  }

  /** The same request may do better after so many seconds. */
  after(seconds: number): this {
    this.retryAfterSeconds = seconds;
    return this;
  }
}
