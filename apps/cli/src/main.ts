import { runCommand, type ProcessParts } from '@runnel/runtime';
import { demo } from './demo';
import { doctor } from './doctor/doctor';
import { keys } from './keys/keys';
import { migrate } from './migrate';
import { robots } from './robots/robots';
import { secrets } from './secrets/secrets';
import { spaces } from './spaces/spaces';
import { start } from './start';

const commands: Record<string, { run: (parts: ProcessParts) => Promise<void>; help: string }> = {
  start: { run: start, help: 'API, scheduler and one worker, until Ctrl-C' },
  demo: { run: demo, help: 'runs a robot on a small shop and shows its rows' },
  robots: { run: robots, help: 'test FILE: runs a definition without saving it; import FILE: saves it' },
  spaces: { run: spaces, help: 'lists spaces; create NAME; set NAME_OR_ID: limits, and what is kept' },
  keys: { run: keys, help: 'lists API keys; create NAME --scopes A,B; rotate ID; revoke ID' },
  secrets: {
    run: secrets,
    help: 'lists secrets; set NAME; delete NAME; rotate: seals all with the current key',
  },
  doctor: { run: doctor, help: 'says how safe this installation is; exit code 1 when something is wrong' },
  migrate: { run: migrate, help: 'brings the database up to date' },
};

const name = (process.argv[2] ?? '').replace(/^(-h|--help)$/, 'help');
const command = commands[name];
if (command) void runCommand('runnel', command.run);
else {
  const lines = Object.entries(commands).map(([word, { help }]) => `  ${word.padEnd(10)}${help}`);
  process.stderr.write(
    `${name === '' || name === 'help' ? '' : `There is no command "${name}".\n`}runnel COMMAND\n${lines.join('\n')}\n`,
  );
  process.exitCode = name === '' || name === 'help' ? 0 : 2;
}
