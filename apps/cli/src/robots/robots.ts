import type { ProcessParts } from '@runnel/runtime';
import { importRobot } from './import-robot';
import { testRobot } from './test-robot';
import { UsageError } from './usage-error';

const commands: Record<string, ((parts: ProcessParts, words: string[]) => Promise<void>) | undefined> = {
  import: importRobot,
  test: testRobot,
};

const help = `runnel robots test FILE      runs a definition without saving it
    --input NAME=VALUE          an input of the robot; may be given again
    --engine browser|http|auto  instead of the definition's; auto is the browser here
    --record FOLDER             keeps what the sites answer, and the rows, in FOLDER
    --replay FOLDER             runs on what FOLDER holds, with no network; exit code 1 when the rows are others
    --artifacts FOLDER          keeps screenshots and the like in FOLDER
    --json                      prints the rows as JSON
runnel robots import FILE    saves a definition, a Recorder export or a Maxun robot
    --url URL --key KEY         the API and its key; else RUNNEL_PUBLIC_URL or this machine's, and RUNNEL_API_KEY
    --name NAME --draft         the robot's name; do not publish it
`;

/** `runnel robots …`: what went wrong in the call itself ends with code 2 and the help. */
export async function robots(parts: ProcessParts): Promise<void> {
  const [word = '', ...words] = process.argv.slice(3);
  if ([word, ...words].some((each) => each === '--help' || each === '-h') || word === 'help') {
    process.stdout.write(help);
    return;
  }
  try {
    const command = commands[word];
    if (!command)
      throw new UsageError(word === '' ? 'robots needs a command' : `There is no command "robots ${word}"`);
    await command(parts, words);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${help}`);
    process.exitCode = 2;
  }
}
