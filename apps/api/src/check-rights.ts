import { allows, type Scope } from '@runnel/contracts';
import type { RequestHandler } from 'express';
import { keyOf } from './authenticate';
import { HttpProblem } from './http-problem';
import type { AskingKey, Naming, Operation } from './operation';

/** Lets through only whose key may do what the operation does. Before anything of the request is read. */
export function checkScope({ scope, robotOf }: Pick<Operation, 'scope' | 'robotOf'>): RequestHandler {
  return (_request, response, next) => {
    const key = keyOf(response);
    // An operation that says nothing is for nobody but who may all.
    if (scope !== 'any') requireScope(key, scope ?? 'admin');
    if (key.robotId !== null && robotOf === undefined) {
      throw new HttpProblem(
        'FORBIDDEN',
        'This API key is for one robot alone, and this is of the whole space; take a key for all robots',
      );
    }
    next();
  };
}

/** @throws HttpProblem when a key may not do what the scope stands for. */
export function requireScope({ scopes }: Pick<AskingKey, 'scopes'>, wanted: Scope): void {
  if (allows(scopes, wanted)) return;
  const has = scopes.length === 0 ? 'none' : scopes.join(', ');
  throw new HttpProblem('FORBIDDEN', `This needs an API key with the scope ${wanted}; yours has: ${has}`);
}

/**
 * Of a key for one robot. Another's robot, and what is of it, is not told from what is not there.
 * @throws HttpProblem
 */
export async function checkRobot(
  { robotOf }: Pick<Operation, 'robotOf'>,
  { robotId }: Pick<AskingKey, 'robotId'>,
  asked: Naming<unknown, unknown, unknown>,
): Promise<void> {
  if (robotId === null || robotOf === 'none') return;
  if ((await robotOf?.(asked)) === robotId) return;
  throw new HttpProblem('NOT_FOUND', 'There is no such thing of the robot that this API key is for');
}
