import { HttpProblem } from '../../http-problem';
import { asBase36, readBase36 } from '../../id-forms';

/** Ids are base 36 here. One that is not never reaches the database: it names nothing. */
export function processIdOf(id: string): string {
  const read = readBase36(id);
  if (read === null) throw processNotFound(id);
  return read;
}

export function runIdOf(id: string): string {
  const read = readBase36(id);
  if (read === null) throw runNotFound(id);
  return read;
}

/** Another's agent is not told from one that does not exist. @throws HttpProblem */
export function checkAgent(spaceId: string, agentId: string): void {
  if (agentId !== asBase36(spaceId)) throw new HttpProblem('NOT_FOUND', `Agent "${agentId}" not found`);
}

export function processNotFound(id: string): HttpProblem {
  return new HttpProblem('NOT_FOUND', `Process "${id}" not found`);
}

export function runNotFound(id: string): HttpProblem {
  return new HttpProblem('NOT_FOUND', `Run "${id}" not found`);
}
