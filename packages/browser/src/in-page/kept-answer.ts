/** Answers that are too long to cross at once, by a name that who asked gave them. */
interface KeptAnswers {
  runnelAnswers?: Map<string, string>;
}

/** An answer, or how long its JSON is that is kept. */
export type Given<Answer> = { answer: Answer; length: null } | { answer: null; length: number };

/** Runs in the page: keeps the answer when its JSON has more than `most` characters. */
export function keepLongAnswer<Answer>(answer: Answer, name: string, most: number): Given<Answer> {
  let json: string;
  try {
    json = answer === undefined ? '' : JSON.stringify(answer);
  } catch {
    // No string can be so long.
    return { answer: null, length: Number.MAX_SAFE_INTEGER };
  }
  if (json.length <= most) return { answer, length: null };
  const world = globalThis as KeptAnswers;
  world.runnelAnswers ??= new Map();
  world.runnelAnswers.set(name, json);
  return { answer: null, length: json.length };
}

/** Runs in the page: some of what is kept, from there on; after its end it is kept no more. */
export function partOfAnswer(name: string, from: number, most: number): string {
  const { runnelAnswers } = globalThis as KeptAnswers;
  const json = runnelAnswers?.get(name) ?? '';
  const part = json.slice(from, from + most);
  if (from + part.length === json.length) runnelAnswers?.delete(name);
  return part;
}
