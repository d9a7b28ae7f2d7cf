import { isDeepStrictEqual } from 'node:util';
import type { Schedule, ScheduleTarget, Trigger } from '@runnel/contracts';
import { scheduleRules } from './schedule-faults';

/** What a schedule is made of; what a client leaves out is as in `usual`. */
interface ScheduleOptions extends Pick<
  Schedule,
  | 'maxFires'
  | 'jitterSeconds'
  | 'overlapPolicy'
  | 'misfirePolicy'
  | 'misfireWindowSeconds'
  | 'catchUpMax'
  | 'pauseAfterFailures'
  | 'target'
  | 'maxAttempts'
  | 'executionOptions'
  | 'keyId'
> {
  /** Null: the robot's. */
  name: string | null;
  isPaused: boolean;
}

export interface NewSchedule extends Partial<ScheduleOptions> {
  spaceId: string;
  robotId: string;
  trigger: Trigger;
  /** The request in its sender's words, with the robot: what an idempotency key stands for, part by part. */
  asked: Record<string, unknown>;
  /** Sent again with the same request, it finds the schedule that was made the first time. */
  idempotencyKey: string | null;
}

/** What is left out stays as it is. */
export type ScheduleChange = Partial<Omit<NewSchedule, 'spaceId' | 'asked' | 'idempotencyKey'>>;

/** It gives nothing: a run of it has one task, without inputs. */
export const emptyTarget: ScheduleTarget = {
  inputs: {},
  recordType: null,
  records: [],
  fileIds: [],
  recordFilter: null,
};

export const usual: ScheduleOptions = {
  name: null,
  maxFires: scheduleRules.maxFires.usual,
  jitterSeconds: scheduleRules.jitterSeconds.usual,
  overlapPolicy: 'skip',
  misfirePolicy: 'fire_once',
  misfireWindowSeconds: scheduleRules.misfireWindowSeconds.usual,
  catchUpMax: scheduleRules.catchUpMax.usual,
  pauseAfterFailures: scheduleRules.pauseAfterFailures.usual,
  target: emptyTarget,
  maxAttempts: scheduleRules.maxAttempts.usual,
  executionOptions: {},
  keyId: null,
  isPaused: false,
};

/** The parts of a trigger that its type has: the bounds are a pattern's. */
export function triggerOf({ type, cron, timezone, runAt, startAt, endAt }: Trigger): Trigger {
  return type === 'recurring'
    ? { type, cron, timezone, runAt: null, startAt, endAt }
    : { type, cron: null, timezone, runAt, startAt: null, endAt: null };
}

export function hasSameTrigger(one: Trigger, other: Trigger): boolean {
  return isDeepStrictEqual(triggerOf(one), triggerOf(other));
}

/** All files that a target names, each once, and whether anything is to be read before it is known. */
export function readingOf(target: ScheduleTarget): Pick<Schedule, 'fileIds' | 'readsFirst'> {
  const { records, recordFilter } = target;
  const ofRecords = records.flatMap((record) => (record.kind === 'file' ? [record.fileId] : []));
  const fileIds = [...new Set([...target.fileIds, ...ofRecords])];
  const hasRows = recordFilter !== null || records.some(({ kind }) => kind === 'row');
  return { fileIds, readsFirst: hasRows || fileIds.length > 0 };
}

/** Without what is undefined: that was not said. What is left has the same type, all of whose parts may be left out. */
export function said<T extends object>(parts: Partial<T>): Partial<T> {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)) as Partial<T>;
}
