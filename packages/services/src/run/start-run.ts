import type { Definition, InputFile, Run, UnknownInputs, WantedVersion } from '@runnel/contracts';
import {
  newId,
  newView,
  RunStore,
  startedWith,
  type DataSource,
  type NewRun,
  type RobotWithDefinition,
  type RunView,
} from '@runnel/store';
import { inputFiles } from '../file/input-files';
import { InvalidInputError } from '../invalid-input';
import { differences, fingerprintOf, type Fingerprint } from './fingerprint';
import type { GivenRecord } from './given-record';
import { resolveRecords } from './records';
import type { RunIntake } from './run-intake';
import type { RunnableRobots } from './runnable-robots';
import { KeyReusedError, RunRemovedError, SpaceFullError } from './start-refused';

/** What a start may say; what it leaves out is as in `usual`. */
interface StartOptions {
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
  retryOf: null,
  idempotencyKey: null,
};

type Command = StartRun & StartOptions;

/** Milliseconds. */
export const longestDelay = 7 * 86_400_000;

export interface StartDeps {
  dataSource: DataSource;
  intake: RunIntake;
  robots: RunnableRobots;
}

export interface Started {
  run: RunView;
  /** True: an earlier start with the same idempotency key made it. */
  isReplayed: boolean;
}

/**
 * Starts a run: committed first, then told to the queue. If the queue does not hear of it, the sweep tells it again.
 * Null when there is no such robot.
 * @throws InvalidInputError when an input is missing, unknown or of another type, or nothing is published.
 * @throws KeyReusedError, RunRemovedError, SpaceFullError
 */
export async function startRun(deps: StartDeps, start: StartRun): Promise<Started | null> {
  const command: Command = { ...usual, ...start };
  return (await replay(deps, command)) ?? startNew(deps, command);
}

async function startNew(deps: StartDeps, command: Command): Promise<Started | null> {
  const files = await inputFiles(deps.dataSource, command);
  let refused: { robot: RobotWithDefinition; error: InvalidInputError } | null = null;
  for (let tries = 0; tries < 6; tries += 1) {
    // What was remembered may be an older version: the one of now decides, unless a newer one overtakes it as well.
    const robot: RobotWithDefinition | null = await deps.robots[tries === 0 ? 'find' : 'read'](command);
    if (!robot) return null;
    if (refused && isSame(refused.robot, robot)) throw refused.error;
    try {
      const started = await insertRun(deps, { robot, command, files });
      if (started) return started;
    } catch (error) {
      if (tries > 0 || !(error instanceof InvalidInputError)) throw error;
      refused = { robot, error };
    }
  }
  throw new Error(`robot ${command.robotId} is published faster than it can be started`);
}

function isSame(a: RobotWithDefinition, b: RobotWithDefinition): boolean {
  return a.version === b.version && a.publishedVersion === b.publishedVersion;
}

interface Start {
  robot: RobotWithDefinition;
  command: Command;
  files: (InputFile | null)[];
}

/** Null when the robot's version is another by now. */
async function insertRun(deps: StartDeps, start: Start): Promise<Started | null> {
  const { robot, command } = start;
  if (command.version === 'published' && robot.publishedVersion === null) throw nothingPublished();
  const run = await newRun(start);
  const inserted = await deps.intake.take(run);
  if (inserted.kind === 'started')
    return {
      run: newView(inserted.run, inserted.firstTaskId, { robot, delayMs: run.delayMs }),
      isReplayed: false,
    };
  if (inserted.kind === 'gone') return null;
  if (inserted.kind === 'full') throw refusal(inserted, run.tasks.length);
  return found(deps, command, inserted);
}

/** The run that was started with the command's key before, whatever became of its robot and its files since. */
async function replay(deps: StartDeps, command: Command): Promise<Started | null> {
  const { spaceId, idempotencyKey: key } = command;
  const known = key === null ? null : await startedWith(deps.dataSource.manager, { spaceId, key });
  return known && found(deps, command, known);
}

/** @throws KeyReusedError, RunRemovedError */
async function found(
  { dataSource }: StartDeps,
  command: Command,
  known: { runId: string; fingerprint: Fingerprint },
): Promise<Started> {
  const faults = differences(known.fingerprint, fingerprintOf(command.asked));
  if (faults.length > 0) throw new KeyReusedError(faults);
  const { spaceId, robotId } = command;
  const run = await new RunStore(dataSource.manager).find({ spaceId, robotId, runId: known.runId }, 0);
  if (!run) throw new RunRemovedError();
  return { run, isReplayed: true };
}

async function newRun({ robot, command, files }: Start): Promise<Omit<NewRun, 'isRoomKnown'>> {
  const { spaceId, robotId, version, name, tags, origin, priority, retryOf, fileIds } = command;
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
  const given = { spaceId, robotId, stage, name, origin, tags, priority, delayMs, retryOf, fileIds };
  return { id: newId(), ...given, robotVersion: robot.version, idempotency: idempotencyOf(command), tasks };
}

function delayOf({ delay }: Command): number {
  const delayMs = typeof delay === 'number' ? delay : delay.getTime() - Date.now();
  if (delayMs >= 0 && delayMs <= longestDelay) return delayMs;
  const message = 'must be a moment to come, within a week';
  throw new InvalidInputError('The moment is not right', [{ path: 'delay', message, found: delay }]);
}

function idempotencyOf(command: Command): NewRun['idempotency'] {
  const { idempotencyKey: key } = command;
  return key === null ? null : { key, fingerprint: fingerprintOf(command.asked) };
}

/** What alone is more than the space may have waiting, no waiting helps. */
function refusal({ queued, limit }: { queued: number; limit: number }, tasks: number): Error {
  if (tasks <= limit) return new SpaceFullError(queued, limit, tasks);
  const message = `make ${tasks} tasks; of this space ${limit} may wait at a time`;
  return new InvalidInputError('The run is too large for this space', [{ path: 'records', message }]);
}

function nothingPublished(): InvalidInputError {
  const message = 'no version is published; publish one, or start the draft';
  return new InvalidInputError('Nothing is published', [{ path: 'stage', message }]);
}
