import type { Definition, InputFile, Run, UnknownInputs, WantedVersion } from '@runnel/contracts';
import { newId, type NewRun, type RobotWithDefinition } from '@runnel/store';
import { InvalidInputError } from '../invalid-input';
import { fingerprintOf } from './fingerprint';
import type { GivenRecord } from './given-record';
import { resolveRecords } from './records';

/** What a start may say; what it leaves out is as in `usual`. */
export interface StartOptions {
  /** Which version: by its stage, or by its number. */
  version: WantedVersion;
  /** What all tasks have, unless their records say otherwise. */
  inputs: Record<string, unknown>;
  /** What becomes of inputs that the robot does not declare, unless its definition says so itself. */
  unknownInputs: UnknownInputs;
  originUrl: string | null;
  /**
   * One task for each; null: one task in all. Asked for when it is known that nobody started this before: what they
   * are made of may be gone since.
   */
  records: ((definition: Definition) => GivenRecord[] | Promise<GivenRecord[]>) | null;
  /** What else there is to see to of the robot then. @throws InvalidInputError */
  check: ((definition: Definition) => void) | null;
  /** Files whose records come behind those; any other file is only kept with the run. */
  fileIds: string[];
  name: string | null;
  tags: string[];
  /** Of a space's tasks, those of a higher priority begin first. */
  priority: number;
  /** Milliseconds before the run may begin, to a week; or the moment instead. */
  delay: number | Date;
  /** Null: as the robot says. */
  maxAttempts: number | null;
  origin: Run['origin'];
  /** The key that asks for it: its runs may what it may, and are counted for it. Null: none does. */
  keyId: string | null;
  /** The run whose failed tasks are done again. */
  retryOf: string | null;
  /** Sent again with the same request, it finds the run that was started the first time. */
  idempotencyKey: string | null;
}

export interface StartRun extends Partial<StartOptions> {
  spaceId: string;
  robotId: string;
  /** The request in its sender's words, with the robot: what an idempotency key stands for, part by part. */
  asked: Record<string, unknown>;
}

const usual: StartOptions = {
  version: 'published',
  inputs: {},
  unknownInputs: 'keep',
  originUrl: null,
  records: null,
  check: null,
  fileIds: [],
  name: null,
  tags: [],
  priority: 0,
  delay: 0,
  maxAttempts: null,
  origin: 'api',
  keyId: null,
  retryOf: null,
  idempotencyKey: null,
};

export type StartCommand = StartRun & StartOptions;

/** Milliseconds. */
export const longestDelay = 7 * 86_400_000;

/** A start with what it leaves out. */
export function commandOf(start: StartRun): StartCommand {
  return { ...usual, ...start };
}

export interface Start {
  robot: RobotWithDefinition;
  command: StartCommand;
  /** Those of the command's files whose records are taken; null: one that holds none. */
  files: (InputFile | null)[];
}

/** The run that a command asks for, with its tasks, ready to be taken in. @throws InvalidInputError */
export async function newRun({ robot, command, files }: Start): Promise<Omit<NewRun, 'isRoomKnown'>> {
  const { spaceId, robotId, version, name, tags, origin, priority, keyId, retryOf, fileIds } = command;
  if (version === 'published' && robot.publishedVersion === null) throw nothingPublished();
  const { definition } = robot;
  const delayMs = delayOf(command);
  command.check?.(definition);
  const records = (await command.records?.(definition)) ?? null;
  const tasks = resolveRecords(definition, { ...command, records, files }).map((task) => ({
    id: newId(),
    ...task,
    maxAttempts: command.maxAttempts ?? definition.options.maxAttempts,
    deadlineMs: definition.options.deadlineMs,
  }));
  const stage = typeof version === 'number' ? null : version;
  const given = {
    spaceId,
    robotId,
    stage,
    name,
    origin,
    tags,
    priority,
    delayMs,
    keyId,
    retryOf,
    fileIds,
    scheduleId: null,
    fire: null,
  };
  return { id: newId(), ...given, robotVersion: robot.version, idempotency: idempotencyOf(command), tasks };
}

function delayOf({ delay }: StartCommand): number {
  const delayMs = typeof delay === 'number' ? delay : delay.getTime() - Date.now();
  if (delayMs >= 0 && delayMs <= longestDelay) return delayMs;
  const message = 'must be a moment to come, within a week';
  throw new InvalidInputError('The moment is not right', [{ path: 'delay', message, found: delay }]);
}

function idempotencyOf(command: StartCommand): NewRun['idempotency'] {
  const { idempotencyKey: key } = command;
  return key === null ? null : { key, fingerprint: fingerprintOf(command.asked) };
}

function nothingPublished(): InvalidInputError {
  const message = 'no version is published; publish one, or start the draft';
  return new InvalidInputError('Nothing is published', [{ path: 'stage', message }]);
}
