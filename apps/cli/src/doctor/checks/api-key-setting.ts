import type { Installation } from '../installation';
import { ok, problem, type Finding } from '../finding';

const shortest = 24;
const fewestLetters = 10;
const placeholder =
  /change|example|placeholder|your|secret|default|password|passw0rd|qwerty|12345|abcdef|xxxx/i;

/** The key that opens the first space with every right, when it is given by hand. */
export function apiKeySetting({ settings: { RUNNEL_API_KEY: key } }: Installation): Finding {
  if (key === null) return ok('The first API key was made at random');
  const advice = 'Unset RUNNEL_API_KEY and make keys with `runnel keys create`, or set it to 32 random bytes';
  if (placeholder.test(key)) return problem('RUNNEL_API_KEY looks like a placeholder', advice);
  if (key.length < shortest || new Set(key).size < fewestLetters) {
    return problem('RUNNEL_API_KEY is short enough to be guessed', advice);
  }
  return ok('RUNNEL_API_KEY is long, and no placeholder');
}
