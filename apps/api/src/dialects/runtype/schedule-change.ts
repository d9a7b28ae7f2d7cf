import type { Cell, Inputs, Schedule, ScheduledRecord, ScheduleTarget, Trigger } from '@runnel/contracts';
import {
  emptyTarget,
  InvalidInputError,
  said,
  type NewSchedule,
  type ScheduleChange,
} from '@runnel/services';
import type { z } from 'zod';
import { attemptsOf } from './batch-body';
import { flowNotFound, readFlowId, readId } from './ids';
import { readMoment } from './moment';
import { namedRecord } from './named-record';
import { readRecordFilter } from './record-filter';
import {
  flowNamedIn,
  type scheduleBody,
  type ScheduleChangeBody,
  type TargetBody,
  type TriggerBody,
} from './schedule-body';

/**
 * What a body says, in the words of the domain. `before`: the schedule that is changed, for the parts that a body gives
 * in part; null: it is new.
 * @throws HttpProblem for a flow that cannot be there.
 */
export function scheduleChange(body: ScheduleChangeBody, before: Schedule | null): ScheduleChange {
  const { target, trigger, inputs, executionOptions, enabled, ...settings } = body;
  const flow = target && flowNamedIn(target);
  return said<ScheduleChange>({
    ...settings,
    ...(typeof flow === 'string' && { robotId: robotIdOf(flow) }),
    ...(trigger && { trigger: triggerOf(trigger, before), ...limitsOf(trigger) }),
    ...((target ?? inputs) !== undefined && { target: targetOf({ target, inputs }, before?.target ?? null) }),
    ...(executionOptions !== undefined && optionsOf(executionOptions, before)),
    isPaused: enabled === undefined ? undefined : !enabled,
  });
}

/** A schedule as its body makes it. @throws HttpProblem for a flow that cannot be there. */
export function newScheduleOf(
  body: z.output<typeof scheduleBody>,
): Omit<NewSchedule, 'spaceId' | 'asked' | 'idempotencyKey'> {
  const robotId = robotIdOf(flowNamedIn(body.target) ?? '');
  return { ...scheduleChange(body, null), robotId, trigger: triggerOf(body.trigger, null) };
}

function robotIdOf(flowId: string): string {
  const robotId = readFlowId(flowId);
  if (robotId === null) throw flowNotFound(flowId);
  return robotId;
}

function limitsOf({
  maxFires,
  jitterSeconds,
}: TriggerBody): Pick<ScheduleChange, 'maxFires' | 'jitterSeconds'> {
  return said({ maxFires, jitterSeconds });
}

/** The moments that a trigger names; which of them it may is for the verbs to say. */
export function triggerOf(body: TriggerBody, before: Trigger | null): Trigger {
  const type = typeOf(body, before);
  refuseStrays(body, type);
  // What one kind of trigger has, the other does not.
  const kept = before?.type === type ? before : null;
  const moment = (name: 'runAt' | 'startAt' | 'endAt'): Date | null => {
    const text = body[name];
    if (text === undefined) return kept?.[name] ?? null;
    return text === null ? null : readMoment(text);
  };
  const cron = body.cron === undefined ? (kept?.cron ?? null) : body.cron;
  return {
    ...{ type, cron, runAt: moment('runAt'), startAt: moment('startAt'), endAt: moment('endAt') },
    timezone: body.timezone ?? before?.timezone ?? 'UTC',
  };
}

/** @throws InvalidInputError for what is given, and not of a schedule of this type. */
function refuseStrays(body: TriggerBody, type: Trigger['type']): void {
  const [others, kind] =
    type === 'one_time'
      ? ([['cron', 'startAt', 'endAt'], 'recurring'] as const)
      : ([['runAt'], 'one_time'] as const);
  const strays = others.filter((name) => typeof body[name] === 'string');
  if (strays.length === 0) return;
  const message = `is of ${kind} schedules only, and this one is not; leave it out, or give the type as well`;
  throw new InvalidInputError(
    'The trigger is not right',
    strays.map((name) => ({ path: `trigger.${name}`, message, found: body[name] })),
  );
}

function typeOf({ type, cron, runAt }: TriggerBody, before: Trigger | null): Trigger['type'] {
  if (type) return type === 'one_time' ? type : 'recurring';
  // What is there does not become another kind by a word less.
  if (before) return before.type;
  if (typeof cron === 'string') return 'recurring';
  if (typeof runAt === 'string') return 'one_time';
  return 'recurring';
}

interface GivenTarget {
  target: TargetBody | undefined;
  inputs: Record<string, unknown> | null | undefined;
}

function targetOf({ target = {}, inputs }: GivenTarget, before: ScheduleTarget | null): ScheduleTarget {
  const known = before ?? emptyTarget;
  const { recordType, fileIds, recordFilter } = target;
  const filter = recordFilter && readRecordFilter(recordFilter);
  return {
    inputs: inputs === undefined ? known.inputs : asInputs(inputs ?? {}),
    recordType: unlessLeftOut(recordType, known.recordType),
    records: recordsOf(target, known.records),
    fileIds: fileIds === undefined ? known.fileIds : (fileIds ?? []).map(fileIdOf),
    recordFilter: unlessLeftOut(filter, known.recordFilter),
  };
}

/** Null takes away. */
function unlessLeftOut<T>(given: T | null | undefined, known: T | null): T | null {
  return given === undefined ? known : given;
}

/** Those of `recordIds` come first. */
function recordsOf({ recordIds, records }: TargetBody, known: ScheduledRecord[]): ScheduledRecord[] {
  const named = recordIds === undefined ? known.filter(isNamed) : (recordIds ?? []).map(namedRecord);
  const own =
    records === undefined ? known.filter((record) => !isNamed(record)) : (records ?? []).map(ownRecord);
  return [...named, ...own];
}

/** True for one of those that stand in `recordIds`. */
export function isNamed({ kind }: ScheduledRecord): boolean {
  return kind !== 'given';
}

function ownRecord({
  id = null,
  name = null,
  inputs,
}: NonNullable<TargetBody['records']>[number]): ScheduledRecord {
  return { kind: 'given', id, name, inputs: asInputs(inputs) };
}

function fileIdOf(text: string): string {
  const id = readId(['file'], text);
  if (id === null) throw new Error(`"${text}" was taken for the id of a file`);
  return id;
}

/** What came as JSON holds nothing else. */
function asInputs(values: Record<string, unknown>): Inputs {
  return values as Inputs;
}

type GivenOptions = NonNullable<ScheduleChangeBody['executionOptions']>;

function optionsOf(
  options: GivenOptions | null,
  before: Schedule | null,
): Pick<ScheduleChange, 'executionOptions' | 'maxAttempts'> {
  const all: GivenOptions & Record<string, Cell> = options
    ? { ...before?.executionOptions, ...said(options) }
    : {};
  return { executionOptions: all, maxAttempts: attemptsOf(all) };
}
