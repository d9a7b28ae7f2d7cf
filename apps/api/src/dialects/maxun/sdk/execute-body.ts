import { closedObject, type Fault } from '@runnel/contracts';
import { z } from 'zod';
import { startReading } from '../start-reading';

const inputs = z.record(z.string(), z.unknown()).nullish();

/** What an execution may say; all of it may be left out. */
export const executeBody = closedObject({
  inputs: inputs.meta({ description: 'Values of the inputs of the robot, by their names' }),
  params: inputs.meta({ description: 'The same, as clients of Maxun call it' }),
  originUrl: z
    .url({ protocol: /^https?$/, error: 'must be an absolute http or https address' })
    .nullish()
    .meta({ description: 'Where the robot begins, in place of its own first address' }),
  ...startReading,
  webhook: z.unknown().optional().meta({ description: 'Only null is taken: runs have no webhooks yet' }),
});

/** A fault of a start at its place in what was sent. */
export function asSentStart(fault: Fault, { params }: z.infer<typeof executeBody>): Fault {
  const [, name = ''] = /^inputs(?:\.(.*))?$/.exec(fault.path) ?? [];
  if (fault.path === 'stage') {
    return {
      path: '',
      message: 'no version of this robot is published; publish one by /api/robots/{id}/publish',
    };
  }
  const isParam = Object.hasOwn(params ?? {}, name);
  return isParam ? { ...fault, path: `params.${name}` } : fault;
}
