import { resolveInputs, type Engine } from '@runnel/contracts';
import { readDefinition } from '@runnel/importers';
import type { RobotOutcome, RobotRunner } from '@runnel/testing';

/** Runs a document of Maxun as it was sent: imported, then on real pages. */
export async function runMaxun(
  robots: RobotRunner,
  document: object,
  { engine = 'browser', inputs: given = {} }: { engine?: Engine; inputs?: Record<string, unknown> } = {},
): Promise<RobotOutcome> {
  const { definition, faults } = readDefinition(document);
  if (!definition) throw new Error(`not taken: ${JSON.stringify(faults)}`);
  const { inputs, faults: wrong } = resolveInputs(definition, given);
  if (!inputs) throw new Error(`wrong inputs: ${JSON.stringify(wrong)}`);
  return robots.runDefinition(definition, { engine, inputs });
}
