import type { Request } from 'express';
import type { z } from 'zod';
import type { HttpProblem } from './http-problem';
import type { Operation } from './operation';

export const documentNames = ['maxun', 'kognitos', 'unpod', 'runtype'] as const;
export type DocumentName = (typeof documentNames)[number];

/** The shape in which one API presents spaces, robots, runs and tasks. */
export interface Dialect {
  /** The OpenAPI document that tells of it. */
  document: DocumentName;
  /** Where its paths begin; the same operations at each. */
  mounts: string[];
  operations: Operation[];
  problem: {
    /** The body of everything that is refused. */
    schema: z.ZodType;
    /** Statuses that a refusal has, beside what `HttpProblem` says. */
    statuses?: number[];
    present: (problem: HttpProblem, asked: { request: Request; requestId: string }) => Presented;
  };
  /** True for a path that is its own, whether or not there is such a route: its errors have this shape. */
  owns: (path: string) => boolean;
}

/** A refusal in a dialect's words. */
export interface Presented {
  status: number;
  body: unknown;
}
