import type { Fault } from '@runnel/contracts';

export type ProblemCode =
  | 'UNAUTHORIZED'
  | 'INVALID_INPUT'
  | 'BODY_NOT_JSON'
  | 'BODY_TOO_LARGE'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'INTERNAL';

const statuses: Record<ProblemCode, number> = {
  UNAUTHORIZED: 401,
  INVALID_INPUT: 400,
  BODY_NOT_JSON: 400,
  BODY_TOO_LARGE: 413,
  NOT_FOUND: 404,
  CONFLICT: 409,
  INTERNAL: 500,
};

/** A request that cannot be served; each dialect gives it its own shape. */
export class HttpProblem extends Error {
  readonly status: number;

  constructor(
    readonly code: ProblemCode,
    message: string,
    readonly faults: Fault[] = [],
  ) {
    super(message);
    this.name = 'HttpProblem';
    this.status = statuses[code];
  }
}
