import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError } from './usage-error';

type Options = NonNullable<ParseArgsConfig['options']>;

/** The options and the one file that a command was called with. @throws UsageError */
export function parseWords<O extends Options>(words: string[], options: O) {
  const { values, positionals } = parsed(words, options);
  const [file, ...others] = positionals;
  if (others.length > 0) throw new UsageError(`One FILE at a time; what is ${others.join(' ')}?`);
  return { values, file };
}

function parsed<O extends Options>(words: string[], options: O) {
  try {
    return parseArgs({ args: words, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(sentenceOf(error, Object.keys(options)));
  }
}

function sentenceOf(error: unknown, known: string[]): string {
  const [message = ''] = (error as Error).message.split('\n');
  const unknown = /^Unknown option '([^']+)'/.exec(message)?.[1];
  if (unknown === undefined) return message;
  return `There is no option ${unknown}; allowed: ${known.map((name) => `--${name}`).join(', ')}`;
}
