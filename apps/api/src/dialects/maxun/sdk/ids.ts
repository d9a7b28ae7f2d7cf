import type { RunKey } from '@runnel/services';
import { HttpProblem } from '../../../http-problem';
import { readUuid } from '../../../id-forms';
import type { RunParams } from '../ids';

/** Ids are plain UUIDs here as well; what was not found is told in the words of Maxun's SDK. */
export function robotIdOf(id: string): string {
  const robotId = readUuid(id);
  if (robotId === null) throw robotNotFound();
  return robotId;
}

export function robotNotFound(): HttpProblem {
  return new HttpProblem('NOT_FOUND', 'Robot not found');
}

/** The run that a path names, in the space that the request's key opens. */
export function runKeyOf({ spaceId, params }: { spaceId: string; params: RunParams }): RunKey {
  const robotId = readUuid(params.id);
  const runId = readUuid(params.runId);
  if (robotId === null || runId === null) throw runNotFound();
  return { spaceId, robotId, runId };
}

export function runNotFound(): HttpProblem {
  return new HttpProblem('NOT_FOUND', 'Run not found');
}
