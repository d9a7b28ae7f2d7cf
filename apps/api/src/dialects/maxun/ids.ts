import type { RunKey } from '@runnel/services';
import type { RowPlace } from '@runnel/store';
import { HttpProblem } from '../../http-problem';
import { readUuid } from '../../id-forms';

/** Ids are plain UUIDs here. One that is not never reaches the database: it names nothing. */
export function robotIdOf(id: string): string {
  return readUuid(id) ?? refuse(robotNotFound(id));
}

export function runIdOf(robotId: string, runId: string): string {
  return readUuid(runId) ?? refuse(runNotFound(robotId, runId));
}

export function robotNotFound(id: string): HttpProblem {
  return new HttpProblem('NOT_FOUND', `Robot with ID "${id}" not found.`);
}

export function versionNotFound(id: string, version: string | number): HttpProblem {
  if (typeof version === 'string') return robotNotFound(id);
  return new HttpProblem('NOT_FOUND', `Robot with ID "${id}" has no version ${version}.`);
}

export function runNotFound(robotId: string, runId: string): HttpProblem {
  return new HttpProblem('NOT_FOUND', `Run with id "${runId}" for robot with id "${robotId}" not found.`);
}

/** The file that a path names. */
export function fileIdOf(id: string): string {
  return readUuid(id) ?? refuse(fileNotFound(id));
}

export function fileNotFound(id: string): HttpProblem {
  return new HttpProblem('NOT_FOUND', `File with id "${id}" not found.`);
}

/** The task that a query names, or null when it names none. */
export function taskIdOf(runId: string, taskId: string | undefined): string | null {
  if (taskId === undefined) return null;
  return readUuid(taskId) ?? refuse(taskNotFound(runId, taskId));
}

export function taskNotFound(runId: string, taskId: string): HttpProblem {
  return new HttpProblem('NOT_FOUND', `Task with id "${taskId}" of run with id "${runId}" not found.`);
}

export type RunParams = Record<'id' | 'runId', string>;

/** The run that a path names, in the space that the request's key opens. */
export function runKeyOf({ spaceId, params }: { spaceId: string; params: RunParams }): RunKey {
  const { id, runId } = params;
  return { spaceId, robotId: robotIdOf(id), runId: runIdOf(id, runId) };
}

/** Where a run's rows go on, as an opaque word. */
export function placeCursor({ task, attempt, position }: RowPlace): string {
  return Buffer.from([task, attempt, position].join('.')).toString('base64url');
}

/** The place in a cursor, or null when it is none of ours. */
export function placeInCursor(cursor: string): RowPlace | null {
  const text = Buffer.from(cursor, 'base64url').toString();
  const [task, attempt, position] = /^\d{1,9}\.\d{1,9}\.\d{1,9}$/.test(text)
    ? text.split('.').map(Number)
    : [];
  if (task === undefined || attempt === undefined || position === undefined) return null;
  return { task, attempt, position };
}

function refuse(problem: HttpProblem): never {
  throw problem;
}
