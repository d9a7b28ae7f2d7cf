import { asHex, readHex, readToken } from '../../id-forms';

/** A run is `R` and a task `T` before the 32 digits of its UUID. What is none of these reads as null. */
export function runWord(id: string): string {
  return `R${asHex(id)}`;
}

export function readRunWord(word: string): string | null {
  return word.startsWith('R') ? readHex(word.slice(1)) : null;
}

export function taskWord(id: string): string {
  return `T${asHex(id)}`;
}

/** True for the token of the one space that the request's key opens. */
export function isTokenOf(spaceId: string, token: string): boolean {
  return readToken(token) === spaceId;
}

/** True for what may be a robot's handle; anything else never reaches the database. */
export function isHandle(text: string): boolean {
  return text.length <= 100 && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text);
}

export const spaceParam = { space_token: 'The token of the space, as `spaces/` tells' };
export const agentParam = { agent_handle: 'The handle of the agent, as `agents/` tells' };
export const runParam = { ...spaceParam, run_id: 'The `run_id` of the run' };
