import type { ProcessParts } from '@runnel/runtime';
import { subCommands } from '../sub-commands';
import { importRobot } from './import-robot';
import { testRobot } from './test-robot';

const commands = new Map([
  ['import', importRobot],
  ['test', testRobot],
]);

const help = `runnel robots test FILE      runs a definition without saving it
    --input NAME=VALUE          an input of the robot; may be given again
    --secret NAME=ENV_VARIABLE  a secret of the robot, by the environment variable that holds it; may be given again
    --engine browser|http|auto  instead of the definition's; auto is the browser here
    --record FOLDER             keeps what the sites answer, and the rows, in FOLDER
    --replay FOLDER             runs on what FOLDER holds, with no network; exit code 1 when the rows are others
    --artifacts FOLDER          keeps screenshots and the like in FOLDER
    --json                      prints the rows as JSON
runnel robots import FILE    saves a definition, a Recorder export or a Maxun robot
    --url URL --key KEY         the API and its key; else RUNNEL_PUBLIC_URL or this machine's, and RUNNEL_API_KEY
    --name NAME --draft         the robot's name; do not publish it
`;

/** `runnel robots …` */
export async function robots(parts: ProcessParts): Promise<void> {
  await subCommands(parts, { name: 'robots', commands, help });
}
