import type { InputFile, Run, UnknownInputs, WantedVersion } from '@runnel/contracts';
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

export interface StartRun {
  spaceId: string;
  robotId: string;
  /** Which version: by its stage, or by its number. */
  version: WantedVersion;
  inputs: Record<string, unknown>;
  /** What becomes of inputs that the robot does not declare, unless its definition says so itself. */
  unknownInputs: UnknownInputs;
  originUrl: string | null;
  /** One task for each; null: one task in all. */
  records: GivenRecord[] | null;
  /** Files whose records come behind those; any other file is only kept with the run. */
  fileIds: string[];
  name: string | null;
  tags: string[];
  /** Of a space's tasks, those of a higher priority begin first. */
  priority: number;
  /** Milliseconds before the run may begin. */
  delayMs: number;
  /** The moment instead, which stays the same however often it is asked for. */
  notBefore?: Date;
  /** Null: as the robot says. */
  maxAttempts: number | null;
  origin: Run['origin'];
  /** The run whose failed tasks are done again. */
  retryOf: string | null;
  /** Sent again with the same request, it finds the run that was started the first time. */
  idempotencyKey: string | null;
}

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
export async function startRun(deps: StartDeps, command: StartRun): Promise<Started | null> {
  const replayed = await replay(deps, command);
  if (replayed) return replayed;
  const files = await inputFiles(deps.dataSource, command);
  const started = await startRemembered(deps, command, files);
  if (started) return started;
  // What was remembered may be an older version: the one of now decides, unless a newer one overtakes it as well.
  for (let tries = 0; tries < 5; tries += 1) {
    const current = await deps.robots.read(command);
    const run = current && (await insertRun(deps, { robot: current, command, files }));
    if (run || !current) return run;
  }
  throw new Error(`robot ${command.robotId} is published faster than it can be started`);
}

interface Start {
  robot: RobotWithDefinition;
  command: StartRun;
  files: (InputFile | null)[];
}

/** What was remembered of the robot mostly does. Null when the robot of now has to decide. */
async function startRemembered(
  deps: StartDeps,
  command: StartRun,
  files: (InputFile | null)[],
): Promise<Started | null> {
  const robot = await deps.robots.find(command);
  return robot && insertRun(deps, { robot, command, files }).catch(nullForInvalidInput);
}

/** Null when the robot's version is another by now. */
async function insertRun(deps: StartDeps, start: Start): Promise<Started | null> {
  const { robot, command } = start;
  if (command.version === 'published' && robot.publishedVersion === null) throw nothingPublished();
  const run = newRun(start);
  const inserted = await deps.intake.take(run);
  if (inserted.kind === 'started')
    return { run: newView(inserted.run, inserted.firstTaskId, robot), isReplayed: false };
  if (inserted.kind === 'gone') return null;
  if (inserted.kind === 'full') throw refusal(inserted, run.tasks.length);
  return found(deps, command, inserted);
}

/** The run that was started with the command's key before, whatever became of its robot and its files since. */
async function replay(deps: StartDeps, command: StartRun): Promise<Started | null> {
  const { spaceId, idempotencyKey: key } = command;
  const known = key === null ? null : await startedWith(deps.dataSource.manager, { spaceId, key });
  return known && found(deps, command, known);
}

/** @throws KeyReusedError, RunRemovedError */
async function found(
  { dataSource }: StartDeps,
  command: StartRun,
  known: { runId: string; fingerprint: Fingerprint },
): Promise<Started> {
  const faults = differences(known.fingerprint, fingerprintOfStart(command));
  if (faults.length > 0) throw new KeyReusedError(faults);
  const { spaceId, robotId } = command;
  const run = await new RunStore(dataSource.manager).find({ spaceId, robotId, runId: known.runId }, 0);
  if (!run) throw new RunRemovedError();
  return { run, isReplayed: true };
}

function newRun({ robot, command, files }: Start): Omit<NewRun, 'isRoomKnown'> {
  const { spaceId, robotId, version, name, tags, origin, priority, retryOf, fileIds } = command;
  const { options } = robot.definition;
  const tasks = resolveRecords(robot.definition, { ...command, files }).map((task) => ({
    id: newId(),
    ...task,
    maxAttempts: command.maxAttempts ?? options.maxAttempts,
    deadlineMs: options.deadlineMs,
  }));
  const stage = typeof version === 'number' ? null : version;
  const delayMs = command.notBefore ? Math.max(command.notBefore.getTime() - Date.now(), 0) : command.delayMs;
  const given = { spaceId, robotId, stage, name, origin, tags, priority, delayMs, retryOf, fileIds };
  return { id: newId(), ...given, robotVersion: robot.version, idempotency: idempotencyOf(command), tasks };
}

function idempotencyOf(command: StartRun): NewRun['idempotency'] {
  const { idempotencyKey: key } = command;
  return key === null ? null : { key, fingerprint: fingerprintOfStart(command) };
}

/**
 * Keys are each space's own, so the space is no part of it. Nor is what every start did before there was a choice: a
 * key that was sent then is known.
 */
function fingerprintOfStart(command: StartRun): Fingerprint {
  const unknownInputs = command.unknownInputs === 'refuse' ? null : command.unknownInputs;
  const notBefore = command.notBefore?.toISOString() ?? null;
  return fingerprintOf({ ...command, unknownInputs, notBefore, spaceId: null, idempotencyKey: null });
}

/** What alone is more than the space may have waiting, no waiting helps. */
function refusal({ queued, limit }: { queued: number; limit: number }, tasks: number): Error {
  if (tasks <= limit) return new SpaceFullError(queued, limit, tasks);
  const message = `make ${tasks} tasks; of this space ${limit} may wait at a time`;
  return new InvalidInputError('The run is too large for this space', [{ path: 'records', message }]);
}

function nullForInvalidInput(error: unknown): null {
  if (error instanceof InvalidInputError) return null;
  throw error;
}

function nothingPublished(): InvalidInputError {
  const message = 'no version of this robot is published; publish one, or start it with "stage": "draft"';
  return new InvalidInputError('The robot has no published version', [{ path: 'stage', message }]);
}
