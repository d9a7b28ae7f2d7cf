import type { Definition } from '@runnel/contracts';
import { InvalidInputError } from '@runnel/services';
import { z } from 'zod';
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

/** What sees to it that a robot is asked for nothing that it does not read. @throws HttpProblem when a model is asked. */
export function readingCheck(
  body: z.infer<z.ZodObject<typeof startReading>>,
): (definition: Definition) => void {
  if ((body.promptInstructions ?? '').trim() !== '') throw noModel();
  return (definition) => refuseOtherFormats(definition, body.formats ?? []);
}

function refuseOtherFormats(definition: Definition, sent: readonly string[]): void {
  const allowed = formatsOf(definition);
  const faults = readFormats(sent, 'formats').flatMap((found, index) => {
    if (allowed.includes(found)) return [];
    const message = `is not read by this robot; it reads: ${allowed.join(', ') || 'no whole pages'}`;
    return [{ path: `formats[${index}]`, message, found, allowed }];
  });
  if (faults.length === 0) return;
  throw new InvalidInputError('The robot does not read these formats', faults);
}
