import type { RunKey } from '@runnel/services';
import type { ScheduleKey } from '@runnel/store';
import { HttpProblem } from '../../http-problem';
import { asBase36, readBase36, readUuid } from '../../id-forms';

/** An id tells what it is of, and the UUID in base 36. A run is a run and a batch, a task a result and an execution. */
type Kind = 'flow' | 'run' | 'batch' | 'res' | 'exec' | 'rec' | 'sch' | 'file' | 'org';

export function idFor(kind: Kind, id: string): string {
  return `${kind}_${asBase36(id)}`;
}

/** The UUID in an id of one of these kinds, or the UUID itself, as the other dialects write it; null when it is none. */
export function readId(kinds: Kind[], text: string): string | null {
  const kind = kinds.find((each) => text.startsWith(`${each}_`));
  return kind === undefined ? readUuid(text) : readBase36(text.slice(kind.length + 1));
}

export function readFlowId(text: string): string | null {
  return readId(['flow'], text);
}

/** The id of a run, by either of its names. */
export function readRunId(text: string): string | null {
  return readId(['run', 'batch'], text);
}

/** The run that a path names, by either of its ids. @throws HttpProblem for what is no id: it names nothing. */
export function runKeyOf(spaceId: string, id: string): RunKey {
  const runId = readRunId(id);
  if (runId === null) throw runNotFound(id);
  return { spaceId, robotId: null, runId };
}

/** The id of the schedule that a path names; null for what is none. */
export function scheduleIn({ params: { id } }: { params: { id: string } }): string | null {
  return readId(['sch'], id);
}

/** The schedule that a path names. @throws HttpProblem for what is no id: it names nothing. */
export function scheduleKeyOf(spaceId: string, id: string): ScheduleKey {
  const scheduleId = scheduleIn({ params: { id } });
  if (scheduleId === null) throw scheduleNotFound(id);
  return { spaceId, scheduleId };
}

export function runNotFound(id: string): HttpProblem {
  return new HttpProblem('NOT_FOUND', `There is no run or batch "${id}"`);
}

export function flowNotFound(id: string): HttpProblem {
  return new HttpProblem(
    'NOT_FOUND',
    `There is no flow "${id}"; \`GET /v1/flows\` lists those that there are`,
  );
}

export function scheduleNotFound(id: string): HttpProblem {
  return new HttpProblem('NOT_FOUND', `There is no schedule "${id}"`);
}
