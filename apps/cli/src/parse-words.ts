import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError } from './usage-error';

type Options = NonNullable<ParseArgsConfig['options']>;

/** The options and the one word that a command was called with; `what` that word is. @throws UsageError */
export function parseWords<O extends Options>(words: string[], options: O, what: string) {
  const { values, positionals } = parsed(words, options);
  const [operand, ...others] = positionals;
  if (others.length > 0) throw new UsageError(`One ${what} at a time; what is ${others.join(' ')}?`);
  return { values, operand };
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
  const ambiguous = /^Option '(--[^' ]+)[' ].*ambiguous/.exec(message)?.[1];
  if (ambiguous !== undefined)
    return `${ambiguous} has no value; one that begins with "-" is given as ${ambiguous}=VALUE`;
  if (unknown === undefined) return message;
  return `There is no option ${unknown}; allowed: ${known.map((name) => `--${name}`).join(', ')}`;
}
