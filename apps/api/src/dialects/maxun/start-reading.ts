import type { Definition, WantedVersion } from '@runnel/contracts';
import { RobotStore } from '@runnel/store';
import { z } from 'zod';
import type { ApiDeps } from '../../deps';
import { HttpProblem } from '../../http-problem';
import { formatsOf, readFormats } from './formats';
import { noModel } from './no-model';

/** What a start may say of how pages are read. */
export const startReading = {
  formats: z.array(z.string()).nullish().meta({ description: 'Of the formats that the robot reads' }),
  promptInstructions: z
    .string()
    .nullish()
    .meta({ description: 'Of no use: no language model is asked here' }),
};

interface Start {
  spaceId: string;
  robotId: string;
  version: WantedVersion;
  body: z.infer<z.ZodObject<typeof startReading>>;
}

/**
 * A robot reads what it was made to read: a run cannot ask for more. That there is no such robot is told elsewhere.
 * @throws HttpProblem
 */
export async function refuseOtherReading({ dataSource }: ApiDeps, start: Start): Promise<void> {
  const { spaceId, robotId, version, body } = start;
  if ((body.promptInstructions ?? '').trim() !== '') throw noModel();
  const formats = body.formats ?? [];
  if (formats.length === 0) return;
  const robot = await new RobotStore(dataSource.manager).find(spaceId, robotId, version);
  if (robot) refuseOtherFormats(robot.definition, formats);
}

function refuseOtherFormats(definition: Definition, sent: readonly string[]): void {
  const allowed = formatsOf(definition);
  const faults = readFormats(sent, 'formats').flatMap((found, index) => {
    if (allowed.includes(found)) return [];
    const message = `is not read by this robot; it reads: ${allowed.join(', ') || 'no whole pages'}`;
    return [{ path: `formats[${index}]`, message, found, allowed }];
  });
  if (faults.length === 0) return;
  throw new HttpProblem('INVALID_INPUT', 'The robot does not read these formats', faults);
}
