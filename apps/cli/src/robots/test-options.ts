import { engines, type Definition } from '@runnel/contracts';
import { parseWords } from '../parse-words';
import { UsageError } from '../usage-error';

/** What `runnel robots test` was called with. */
export interface TestOptions {
  inputs: Record<string, string>;
  /** The environment variables that hold the secrets, by the secrets' names. */
  secrets: ReadonlyMap<string, string>;
  engine: Definition['engine'] | undefined;
  record: string | undefined;
  replay: string | undefined;
  artifacts: string | null;
  json: boolean;
}

const text = { type: 'string' } as const;
const known = {
  input: { ...text, multiple: true },
  secret: { ...text, multiple: true },
  engine: text,
  record: text,
  replay: text,
  artifacts: text,
  json: { type: 'boolean' },
} as const;

const inputForm = { option: '--input', says: 'VALUE', isShown: true, form: /^([^=]+)=([\s\S]*)$/ };
/** Who gives the secret itself by mistake is not shown it. */
const secretForm = {
  option: '--secret',
  says: 'ENV_VARIABLE',
  isShown: false,
  form: /^([\w-]{1,100})=([A-Za-z_]\w*)$/,
};

/** @throws UsageError */
export function readTestOptions(words: string[]): { options: TestOptions; file: string | undefined } {
  const { values, operand: file } = parseWords(words, known, 'FILE');
  const { record, replay, artifacts = null, json = false, engine } = values;
  refuseTogether(values);
  if (engine !== undefined && !isEngine(engine))
    throw new UsageError(`--engine ${engine}: allowed are ${engines.join(', ')}`);
  const inputs = Object.fromEntries((values.input ?? []).map((pair) => namedIn(pair, inputForm)));
  const secrets = new Map((values.secret ?? []).map((pair) => namedIn(pair, secretForm)));
  return { options: { inputs, secrets, engine, record, replay, artifacts, json }, file };
}

function refuseTogether({
  record,
  replay,
  secret,
}: {
  record?: string;
  replay?: string;
  secret?: string[];
}): void {
  if (record === undefined) return;
  if (replay !== undefined) throw new UsageError('Either --record or --replay');
  if (secret !== undefined)
    throw new UsageError(
      'Either --record or --secret: a recording would hold what sites answer to the secret',
    );
}

/** What `NAME=…` names and says, as an option wants it. */
function namedIn(
  pair: string,
  { option, says, isShown, form }: typeof inputForm,
): [name: string, said: string] {
  const [, name, said] = form.exec(pair) ?? [];
  if (name === undefined || said === undefined)
    throw new UsageError(`${option} ${isShown ? pair : pair.replace(/=.*/s, '=…')}: must be NAME=${says}`);
  return [name, said];
}

function isEngine(word: string): word is Definition['engine'] {
  return (engines as readonly string[]).includes(word);
}
