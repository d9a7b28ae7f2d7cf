import type { Cell, Inputs } from './records';

/** When a robot starts by itself, and what became of each moment. Plain data, as in `records`. */

/** The moments that a schedule has. */
export interface Trigger {
  type: 'recurring' | 'one_time';
  /** Five fields, or six with seconds first; null: it has one moment. */
  cron: string | null;
  /** An IANA name: the zone of the pattern, and the one in which moments are shown. */
  timezone: string;
  /** The one moment; null: it recurs. */
  runAt: Date | null;
  /** Of a pattern no moment is before it. */
  startAt: Date | null;
  /** And none after it. */
  endAt: Date | null;
}

/** What becomes of a moment that comes while a run of an earlier one has not ended. */
export const overlapPolicies = ['skip', 'queue_one', 'cancel_previous', 'allow'] as const;
export type OverlapPolicy = (typeof overlapPolicies)[number];

/** What becomes of moments at which no scheduler was there. */
export const misfirePolicies = ['skip', 'fire_once', 'catch_up'] as const;
export type MisfirePolicy = (typeof misfirePolicies)[number];

export interface Schedule extends Trigger {
  id: string;
  spaceId: string;
  robotId: string;
  /** The key that asked for it: its runs may what it may. Null: none did. */
  keyId: string | null;
  name: string;
  /** How many moments start a run, in all; null: no limit. */
  maxFires: number | null;
  /** Its runs start so many seconds after their moments at most: always the same number for one schedule. */
  jitterSeconds: number;
  overlapPolicy: OverlapPolicy;
  misfirePolicy: MisfirePolicy;
  /** Moments that were missed longer ago are not made up for. */
  misfireWindowSeconds: number;
  /** How many missed moments `catch_up` makes up for: the newest. */
  catchUpMax: number;
  /** It pauses when so many runs in a row failed; null: never. */
  pauseAfterFailures: number | null;
  target: ScheduleTarget;
  /** How often a task of its runs is tried; null: as the robot says. */
  maxAttempts: number | null;
  /** What the sender said beside, and reads again. */
  executionOptions: Record<string, Cell>;
  pausedAt: Date | null;
  pausedBy: 'person' | 'failures' | null;
  pauseNote: string | null;
  /** Failures before it do not count for `pauseAfterFailures`. */
  failuresSince: Date;
  /** The moment that comes next, its jitter left out; null: none is left. */
  nextMoment: Date | null;
  /** When that one is due. */
  dueAt: Date | null;
  /** Its fires that wait for a run to end. */
  waiting: number;
  /** Moments that started a run; what people asked for does not count. */
  fired: number;
  /** Counts its edits. */
  revision: number;
  /** The run of its one moment, which was made with it and waits; null: a run is made when the moment comes. */
  aheadRunId: string | null;
  /** The run that it started last, and when. */
  lastRunId: string | null;
  lastRunAt: Date | null;
  /** All files that the target names: they are kept. */
  fileIds: string[];
  /** True: files, or rows of other runs, are read before a run of it can start. */
  readsFirst: boolean;
  /** The client's word for making it, and a short hash of each part of what it asked for. */
  idempotencyKey: string | null;
  fingerprint: Record<string, string> | null;
  createdAt: Date;
  updatedAt: Date;
}

/** What a schedule's runs are started with. Without records, files and filter a run has one task. */
export interface ScheduleTarget {
  inputs: Inputs;
  /** What all records are; null: what they say themselves. */
  recordType: string | null;
  records: ScheduledRecord[];
  /** Files all of whose records are taken, behind the others. */
  fileIds: string[];
  recordFilter: RecordFilter | null;
}

/** A record that a schedule names, as its sender wrote it, or gives. */
export type ScheduledRecord =
  | { kind: 'file'; fileId: string; index: number; id: string }
  | { kind: 'row'; taskId: string; position: number; id: string }
  | { kind: 'own'; id: string }
  | { kind: 'given'; id: string | null; name: string | null; inputs: Inputs };

/** Rows of the newest run of another robot that succeeded, whole or in part: one record for each. */
export interface RecordFilter {
  robotId: string;
  /** Null: rows of every list. */
  list: string | null;
  /** All must hold. */
  where: RowCondition[];
  /** Inputs by the fields that they are taken from; empty: each field is the input of its name. */
  inputs: Record<string, string>;
  /** The field that is the record's id; null: the row's own id. */
  id: string | null;
  limit: number;
}

export const rowTests = ['eq', 'ne', 'contains', 'startsWith', 'gt', 'gte', 'lt', 'lte', 'exists'] as const;

export interface RowCondition {
  field: string;
  /** `gt` and the like compare numbers; `exists` takes a boolean, the others a text, number or boolean. */
  op: (typeof rowTests)[number];
  value: string | number | boolean;
}

/** Why a fire came about: its moment, a person, a range that a person gave, or a moment that was missed. */
export const fireKinds = ['cron', 'manual', 'backfill', 'catch_up'] as const;
export type FireKind = (typeof fireKinds)[number];

export const fireOutcomes = [
  'started',
  'skipped_overlap',
  'skipped_misfire',
  'skipped_paused',
  'error',
] as const;
export type FireOutcome = (typeof fireOutcomes)[number];

/** What became of one moment of a schedule. The run that it started has its id. */
export interface Fire {
  id: string;
  spaceId: string;
  scheduleId: string;
  kind: FireKind;
  scheduledFor: Date;
  /** Null: it waits for an earlier run to end. */
  outcome: FireOutcome | null;
  /** A sentence for a person; null where there is nothing to say. */
  reason: string | null;
  createdAt: Date;
  /** When its outcome was known. */
  firedAt: Date | null;
}
