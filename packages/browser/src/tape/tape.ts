import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** One answer of a site, as it is kept in a recording's folder. */
const entrySchema = z.object({
  method: z.string(),
  url: z.string(),
  /** SHA-256 of what was sent with it; null for nothing. */
  sent: z.string().nullable(),
  /** Null: the request failed, with `error`. */
  status: z.number().int().nullable(),
  error: z.string().nullable(),
  headers: z.array(z.tuple([z.string(), z.string()])),
  /** The file with the body, beside the index; null for none. */
  body: z.string().nullable(),
});
type Entry = z.infer<typeof entrySchema>;

export interface TapedAnswer extends Omit<Entry, 'body'> {
  body: Buffer;
}

export interface TapedRequest {
  method: string;
  url: string;
  sent: string | null;
}

const indexFile = 'responses.json';
const bodiesFolder = 'responses';

/**
 * What sites answered to a robot: recorded once, or played again with no network. Requests are told apart by method,
 * address and body; one that was asked often is answered in the same order, and by its last answer from then on.
 */
export class Tape {
  readonly #answers: TapedAnswer[] = [];
  readonly #played = new Map<string, number>();
  readonly #missing = new Set<string>();

  private constructor(readonly mode: 'record' | 'replay') {}

  static record(): Tape {
    return new Tape('record');
  }

  /** @throws Error that says what is wrong with the folder */
  static async replay(folder: string): Promise<Tape> {
    const tape = new Tape('replay');
    const text = await readFile(join(folder, indexFile), 'utf8').catch(() => {
      throw new Error(`${folder} holds no recording: it has no ${indexFile}`);
    });
    for (const entry of z.array(entrySchema).parse(JSON.parse(text))) {
      const body =
        entry.body === null ? Buffer.alloc(0) : await readFile(join(folder, bodiesFolder, entry.body));
      tape.#answers.push({ ...entry, body });
    }
    return tape;
  }

  add(answer: TapedAnswer): void {
    this.#answers.push(answer);
  }

  /** The next recorded answer to a request; null when there is none. */
  answer(request: TapedRequest): TapedAnswer | null {
    const key = keyOf(request);
    const all = this.#answers.filter((each) => keyOf(each) === key);
    const played = this.#played.get(key) ?? 0;
    this.#played.set(key, played + 1);
    const answer = all[Math.min(played, all.length - 1)];
    if (!answer) this.#missing.add(`${request.method} ${request.url}`);
    return answer ?? null;
  }

  /** Requests that the recording has no answer to. */
  get missing(): string[] {
    return [...this.#missing];
  }

  /** Writes the recording in place of the one that the folder held. */
  async save(folder: string): Promise<void> {
    const bodies = join(folder, bodiesFolder);
    await rm(bodies, { recursive: true, force: true });
    await mkdir(bodies, { recursive: true });
    const entries: Entry[] = [];
    for (const [index, { body, ...rest }] of this.#answers.entries()) {
      const file = body.length === 0 ? null : `${String(index + 1).padStart(4, '0')}.bin`;
      if (file !== null) await writeFile(join(bodies, file), body);
      entries.push({ ...rest, body: file });
    }
    await writeFile(join(folder, indexFile), `${JSON.stringify(entries, null, 2)}\n`);
  }
}

function keyOf({ method, url, sent }: TapedRequest): string {
  return `${method} ${withoutFragment(url)} ${sent ?? ''}`;
}

function withoutFragment(url: string): string {
  return url.replace(/#.*/s, '');
}
