import type { ApiKey, Scope } from '@runnel/contracts';
import type { Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import type { Links } from './run-links';

/** A key that a request came with, and what it may. */
export type AskingKey = Pick<
  ApiKey,
  'id' | 'name' | 'spaceId' | 'scopes' | 'robotId' | 'domains' | 'dailyTasks'
>;

/** What a request brought, checked, and who asks. */
export interface Asked<Params, Query, Body> {
  /** The space that the request's key opens; the empty text where no key is asked for. */
  spaceId: string;
  /** That key, and what it may; one that may nothing where no key is asked for. */
  key: AskingKey;
  /** As they stand in the path. */
  params: Params;
  query: Query;
  body: Body;
  /** The address under which the client knows this API. */
  base: string;
  links: Links;
  request: Request;
  response: Response;
}

/** The words in braces of a path, each with a text. */
export type ParamsOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Record<Name, string> & ParamsOf<Rest>
  : unknown;

/** The body that each status answers with. `z.undefined()`: none. */
export type Answers = Record<number, z.ZodType>;

export type AnswerOf<A extends Answers> = {
  [Status in keyof A & number]: { status: Status; body: z.input<A[Status]> };
}[keyof A & number];

/** What a request names its robot by. */
export type Naming<Params, Query, Body> = Pick<
  Asked<Params, Query, Body>,
  'spaceId' | 'params' | 'query' | 'body'
>;

/** Who may. */
type Access<Params, Query, Body> =
  | {
      /** No key is asked for. */
      isPublic: true;
      signed?: never;
      scope?: never;
      robotOf?: never;
    }
  | {
      isPublic?: never;
      /** Who asks with an address that carries a `signature`, and no key. @throws HttpProblem for a wrong one. */
      signed?: (request: Request) => Promise<AskingKey>;
      /** What the key must be let do; `any`: whatever it may. */
      scope: Scope | 'any';
      /**
       * The robot that a request is of; null: none. A key for one robot is answered where it is that robot, and with
       * 404 where it is not. `none`: of none, and such a key may as well. Without it such a key may not.
       */
      robotOf?: 'none' | ((asked: Naming<Params, Query, Body>) => string | null | Promise<string | null>);
    };

interface Told<Path extends string, Query, Body, A extends Answers, Given> {
  method: 'get' | 'post' | 'put' | 'delete';
  /** As OpenAPI writes it: `/robots/{id}`. */
  path: Path;
  /** Its name for programs, like `startRun`. */
  id: string;
  /** What it does, in a line. */
  summary: string;
  description?: string;
  /** What each word in braces names. */
  params?: ParamsOf<Path>;
  /** Without it no query is taken. */
  query?: z.ZodType<Query>;
  /** Without it a body is read and left alone. */
  body?: z.ZodType<Body>;
  /** Headers that say something here, and what. */
  headers?: Record<string, string>;
  /** Reads the body; else it is JSON of at most 1 MiB. */
  reader?: RequestHandler;
  /** The content type that `reader` takes. */
  takes?: string;
  answers: A;
  /** Content types that it can answer with beside JSON. */
  streams?: string[];
  /** Null: it has answered by itself, as with a stream. */
  serve(asked: Asked<ParamsOf<Path>, Query, Body>): Promise<Given | null>;
}

export type OperationOf<Path extends string, Query, Body, A extends Answers, Given = AnswerOf<A>> = Told<
  Path,
  Query,
  Body,
  A,
  Given
> &
  Access<ParamsOf<Path>, Query, Body>;

/** One method of one path of a dialect: what it takes, what it answers, and what it does. */
export type Operation = OperationOf<string, unknown, unknown, Answers> & { params?: Record<string, string> };

/** Checks that a function serves what its schemas say; from here on it is one among others. */
export function operation<
  Path extends string,
  A extends Answers,
  const Given extends AnswerOf<A>,
  Query = unknown,
  Body = unknown,
>(spec: OperationOf<Path, Query, Body, A, Given>): Operation {
  // What `serve` is given was read by the path and the schemas that stand beside it.
  return spec as unknown as Operation;
}
