import type { ProcessParts } from '@runnel/runtime';
import { UsageError } from './usage-error';

type SubCommand = (parts: ProcessParts, words: string[]) => Promise<void>;

/** `runnel NAME WORD …`: what went wrong in the call itself ends with code 2 and the help. */
export async function subCommands(
  parts: ProcessParts,
  { name, commands, help }: { name: string; commands: Map<string, SubCommand>; help: string },
): Promise<void> {
  const given = process.argv.slice(3);
  // Without a word of its own the command has options at once.
  const [word = '', ...words] = given[0]?.startsWith('-') ? ['', ...given] : given;
  if ([word, ...words].some((each) => each === '--help' || each === '-h') || word === 'help') {
    process.stdout.write(help);
    return;
  }
  try {
    const command = commands.get(word);
    if (!command)
      throw new UsageError(word === '' ? `${name} needs a command` : `There is no command "${name} ${word}"`);
    await command(parts, words);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${help}`);
    process.exitCode = 2;
  }
}
