import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tape } from '@runnel/browser';
import { z } from 'zod';
import type { Lists } from './local-run';
import type { TestOptions } from './test-options';

const rowsFile = 'rows.json';

/** What a recording keeps beside the responses: the run that made it, with the inputs that it was given. */
const recordedSchema = z.object({
  inputs: z.record(z.string(), z.unknown()),
  engine: z.enum(['browser', 'http']),
  lists: z.record(z.string(), z.array(z.record(z.string(), z.json()))),
});
type Recorded = z.infer<typeof recordedSchema>;

/** What stands between the robot and the network; null: nothing. */
export async function tapeFor({ record, replay }: TestOptions): Promise<Tape | null> {
  if (replay !== undefined) return Tape.replay(replay);
  return record === undefined ? null : Tape.record();
}

/** What is replayed; null: nothing is. @throws Error that says what the folder lacks */
export async function readRecorded({ replay: folder }: TestOptions): Promise<Recorded | null> {
  if (folder === undefined) return null;
  const text = await readFile(join(folder, rowsFile), 'utf8').catch(() => {
    throw new Error(`${folder} holds no recording: it has no ${rowsFile}`);
  });
  try {
    return recordedSchema.parse(JSON.parse(text));
  } catch {
    throw new Error(`${folder} holds no recording: its ${rowsFile} is not one of a recording`);
  }
}

/** Writes the recording, if one was made. */
export async function keepRecording(recorded: Recorded, tape: Tape, folder: string): Promise<void> {
  await tape.save(folder);
  await writeFile(join(folder, rowsFile), `${JSON.stringify(recorded, null, 2)}\n`);
}

/** Where two readings differ, in a sentence; null when nowhere. */
export function differenceBetween(before: Lists, now: Lists): string | null {
  const [earlier, later] = [before, now].map((lists) => new Map(Object.entries(lists)));
  for (const list of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const [then, today] = [earlier?.get(list) ?? [], later?.get(list) ?? []];
    const at = then.findIndex((row, index) => JSON.stringify(row) !== JSON.stringify(today[index]));
    const name = JSON.stringify(list);
    if (at !== -1 && at < today.length) {
      return `row ${at + 1} of ${name} was ${JSON.stringify(then[at])} and is ${JSON.stringify(today[at])}`;
    }
    if (then.length !== today.length) return `${name} had ${then.length} rows and has ${today.length}`;
  }
  return null;
}
