import type { Definition } from './definition/definition';
import type { RunEvent } from './event';
import type { Failure } from './failure';
import type { Scope } from './scope';
import type { Engine } from './session';
import type { RunStatus, TaskStatus } from './status';

/** The nouns of `vocabulary`, as plain data: what the store keeps and the presenters show. */

export interface Space {
  id: string;
  name: string;
  /** Tasks that may wait at a time. */
  maxQueued: number;
  /** Tasks that may run at a time; null: as many as there are workers for. */
  maxRunning: number | null;
  /** Days for which ended runs and files are kept; null: for ever. */
  keepDays: number | null;
  /** How many ended runs are kept; null: all. */
  keepRuns: number | null;
  createdAt: Date;
}

export interface ApiKey {
  id: string;
  spaceId: string;
  name: string;
  /** The first characters of the key, to recognise it by. */
  prefix: string;
  /** SHA-256 of the whole key; the key itself is kept nowhere. */
  hash: Buffer;
  scopes: Scope[];
  /** The only robot that it is for; null: all of its space. */
  robotId: string | null;
  /** Hosts that the runs it starts may visit: `example.com`, or `*.example.com` for those below; null: any. */
  domains: string[] | null;
  /** Tasks that it may start in a day (UTC); null: any number. */
  dailyTasks: number | null;
  /** The day, like 2026-11-22, for which `budgetUsed` counts the tasks that it started. */
  budgetDay: string | null;
  budgetUsed: number;
  expiresAt: Date | null;
  /** To the minute. */
  lastUsedAt: Date | null;
  revokedAt: Date | null;
  createdAt: Date;
}

/** A secret of a space as it is kept: nobody reads it without the installation's keys. */
export interface SealedSecret {
  spaceId: string;
  name: string;
  /** Which of the installation's keys sealed it. */
  keyId: string;
  sealed: Buffer;
  createdAt: Date;
  updatedAt: Date;
}

/** The cookies and storage that a robot keeps between runs, sealed as secrets are. */
export interface SealedLogin {
  spaceId: string;
  robotId: string;
  name: string;
  keyId: string;
  sealed: Buffer;
  savedAt: Date;
}

export type Stage = 'draft' | 'published';

/** A version by its stage, or by its number. */
export type WantedVersion = Stage | number;

export interface Robot {
  id: string;
  spaceId: string;
  name: string;
  /** What its first name made, in lower case and digits: unique in its space, and it stays. */
  handle: string;
  /** The newest version. */
  latestVersion: number;
  /** The version that runs; null until one is published. */
  publishedVersion: number | null;
  createdAt: Date;
  updatedAt: Date;
}

export interface RobotVersion {
  robotId: string;
  version: number;
  definition: Definition;
  createdAt: Date;
}

/** Which engine `auto` takes for a robot's version. */
export interface EngineChoice {
  robotId: string;
  version: number;
  engine: Engine;
  /** One sentence. */
  reason: string;
  /** Tasks of this version so far; the one that last compared the engines, and the one that will. */
  tasks: number;
  lastCheck: number;
  nextCheck: number;
  /** Rows of the last comparison. */
  rows: number;
  /** Times in a row that `http` did not do. */
  misses: number;
}

export type RunOrigin = 'api' | 'schedule' | 'user';

export interface Run {
  id: string;
  spaceId: string;
  robotId: string;
  robotVersion: number;
  /** The stage of the version when the run was started. */
  stage: Stage;
  name: string;
  status: RunStatus;
  origin: RunOrigin;
  tags: string[];
  /** Of a space's tasks, those of a higher priority begin first. */
  priority: number;
  /** The schedule that started it. */
  scheduleId: string | null;
  /** The key that asked for it, or for its schedule; null: none did. */
  keyId: string | null;
  /** The run whose failed tasks this one does again. */
  retryOf: string | null;
  /** The files that it was started with. */
  fileIds: string[];
  /** When somebody removed it: nobody sees it any more, and its parts are deleted bit by bit. */
  removedAt: Date | null;
  taskCount: number;
  tasksSucceeded: number;
  tasksFailed: number;
  tasksTimedOut: number;
  tasksAborted: number;
  /** The number of the run's newest event. */
  seq: number;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
}

/** Texts, numbers and booleans where the robot declares them, any value where it does not. */
export type Inputs = Record<string, Cell>;

/** What the caller calls one record of a run's input. */
export interface RecordName {
  id: string | null;
  name: string | null;
  type: string | null;
}

/** An uploaded file, mostly of records. */
export interface InputFile {
  id: string;
  spaceId: string;
  name: string;
  contentType: string;
  size: number;
  /** How many records it holds; null: it is of another kind, and holds none. */
  records: number | null;
  /** The key that uploaded it; null: nobody knows. */
  keyId: string | null;
  bytes: Buffer;
  createdAt: Date;
}

/** A client's word for one start: sent again, it finds the run that it made. */
export interface IdempotencyKey {
  spaceId: string;
  key: string;
  /** A short hash of each part of the request, by its path. */
  fingerprint: Record<string, string>;
  runId: string;
  createdAt: Date;
}

export interface Task {
  id: string;
  spaceId: string;
  runId: string;
  /** Its place in the run, from 0. */
  ordinal: number;
  status: TaskStatus;
  inputs: Inputs;
  /** Null for a run that was started without records. */
  record: RecordName | null;
  /** The run's. */
  priority: number;
  /** How often it was claimed. It only grows, so it is the fence that every write of an attempt presents. */
  attempt: number;
  /** Attempts that were given back, as by a worker that stops; they do not count against `maxAttempts`. */
  attemptsReturned: number;
  /** Attempts whose worker died. */
  attemptsLost: number;
  maxAttempts: number;
  deadlineMs: number;
  /** Rows of the current attempt. */
  rowCount: number;
  /** The same, for each list, in the order in which they began. */
  lists: Record<string, number>;
  failure: Failure | null;
  workerId: string | null;
  leaseUntil: Date | null;
  notBefore: Date | null;
  /** When a job was last added for it; null while it waits for its turn. */
  dispatchedAt: Date | null;
  /** How often the queue was told again since, because nobody took it. */
  reminders: number;
  deadlineAt: Date | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
}

export type Cell = string | number | boolean | null | Cell[] | { [key: string]: Cell };
export type RowData = Record<string, Cell>;

export interface Row {
  taskId: string;
  attempt: number;
  list: string;
  /** Its place in its list, from 0. */
  ordinal: number;
  /** Its place among all rows of the attempt, from 0. */
  position: number;
  data: RowData;
}

export interface Event {
  runId: string;
  seq: number;
  taskId: string | null;
  attempt: number | null;
  at: Date;
  event: RunEvent;
}

export interface Artifact {
  id: string;
  runId: string;
  taskId: string;
  attempt: number;
  name: string;
  contentType: string;
  size: number;
  bytes: Buffer;
  createdAt: Date;
}
