import { engines, type Definition } from '@runnel/contracts';
import { parseWords } from '../parse-words';
import { UsageError } from '../usage-error';

/** What `runnel robots test` was called with. */
export interface TestOptions {
  inputs: Record<string, string>;
  engine: Definition['engine'] | undefined;
  record: string | undefined;
  replay: string | undefined;
  artifacts: string | null;
  json: boolean;
}

const text = { type: 'string' } as const;
const known = {
  input: { ...text, multiple: true },
  engine: text,
  record: text,
  replay: text,
  artifacts: text,
  json: { type: 'boolean' },
} as const;

/** @throws UsageError */
export function readTestOptions(words: string[]): { options: TestOptions; file: string | undefined } {
  const { values, operand: file } = parseWords(words, known, 'FILE');
  const { record, replay, artifacts = null, json = false, engine } = values;
  if (record !== undefined && replay !== undefined) throw new UsageError('Either --record or --replay');
  if (engine !== undefined && !isEngine(engine))
    throw new UsageError(`--engine ${engine}: allowed are ${engines.join(', ')}`);
  const inputs = Object.fromEntries(
    (values.input ?? []).map((pair) => {
      const [, name, value] = /^([^=]+)=([\s\S]*)$/.exec(pair) ?? [];
      if (name === undefined || value === undefined)
        throw new UsageError(`--input ${pair}: must be NAME=VALUE`);
      return [name, value];
    }),
  );
  return { options: { inputs, engine, record, replay, artifacts, json }, file };
}

function isEngine(word: string): word is Definition['engine'] {
  return (engines as readonly string[]).includes(word);
}
