import { closedObject, overlapPolicies, type ScheduledRecord } from '@runnel/contracts';
import {
  backfillSchedule,
  InvalidInputError,
  momentShifts,
  previewMoments,
  runNow,
  ScheduleBusyError,
  skipNext,
  triggerFaults,
} from '@runnel/services';
import { ScheduleStore } from '@runnel/store';
import { z } from 'zod';
import type { ApiDeps } from '../../deps';
import { HttpProblem } from '../../http-problem';
import { idempotencyKeyOf, tellReplayed } from '../../idempotency-key';
import { limitedKey } from '../../limited-key';
import { operation, type Operation } from '../../operation';
import { robotOfSchedule } from '../../robot-of';
import { toldAsSent } from '../../told-as-sent';
import { idFor, scheduleKeyOf, scheduleNotFound, scheduleIn } from './ids';
import { givenMoment, momentOf, momentOrNull, momentSchema, readMoment } from './moment';
import { presentBatch } from './present-batch';
import { scheduleAsSent } from './schedule-as-sent';
import { triggerBody } from './schedule-body';
import { triggerOf } from './schedule-change';
import { batchWords } from './status-words';

/** Single moments: those to come, those left out, those made up for, and now. */
export function scheduleMomentRoutes(deps: ApiDeps): Operation[] {
  return [preview(deps), run(deps), skip(deps), backfill(deps)];
}

const params = { id: 'Of a schedule, a `sch_…`' };
const count = z.number().int().min(0);

const previewAnswer = z.object({
  data: z.array(
    z.object({
      scheduledFor: momentSchema,
      local: z.string().meta({ description: 'By the clocks of the zone: `2026-03-29T03:00:00+02:00`' }),
      offset: z.string(),
      isDaylightSaving: z.boolean(),
      shift: z
        .enum(momentShifts)
        .nullable()
        .meta({
          description:
            'What a change of the clocks does to it. `moved`: that day has no such time of day, so it comes at the end of the gap. ' +
            '`first_of_two`, `second_of_two`: that day has its time of day twice.',
        }),
    }),
  ),
});

const previewBody = closedObject({
  trigger: triggerBody,
  count: z.number().int().min(1).max(100).default(10),
  from: givenMoment.optional().meta({ description: 'From when on; without it from now' }),
});

function preview(deps: ApiDeps): Operation {
  const store = new ScheduleStore(deps.dataSource.manager);
  return operation({
    method: 'post',
    path: '/schedules/preview',
    id: 'previewSchedule',
    scope: 'runs:read',
    robotOf: 'none',
    summary: 'Preview the moments of a trigger',
    description: 'Nothing is made. Which jitter a schedule will have is not known before it is there.',
    body: previewBody,
    answers: { 200: previewAnswer },
    serve: async ({ body: { trigger: given, count: wanted, from } }) => {
      const trigger = triggerOf(given, null);
      const now = await store.now();
      const faults = triggerFaults(trigger, now).map((fault) => ({
        ...fault,
        path: `trigger.${fault.path}`,
      }));
      if (faults.length > 0) throw new InvalidInputError('The trigger is not right', faults);
      const most = Math.min(wanted, given.maxFires ?? wanted);
      const moments = previewMoments(trigger, {
        from: from === undefined ? now : readMoment(from),
        count: most,
      });
      const data = moments.map(({ moment, ...about }) => ({ scheduledFor: momentOf(moment), ...about }));
      return { status: 200, body: { data } };
    },
  });
}

const runBody = closedObject({
  overlapPolicy: z
    .enum(overlapPolicies)
    .optional()
    .meta({
      description:
        'For this run, in the place of the schedule’s: while another runs, `allow` starts this one beside it, `cancel_previous` cancels ' +
        'the other for it, and the others refuse',
    }),
});

const runAnswer = z.object({
  batchExecutionId: z.string(),
  recordCount: count,
  status: z.enum(batchWords),
});

function run(deps: ApiDeps): Operation {
  const store = new ScheduleStore(deps.dataSource.manager);
  return operation({
    method: 'post',
    path: '/schedules/{id}/run-now',
    id: 'runScheduleNow',
    scope: 'runs:write',
    robotOf: robotOfSchedule(deps, scheduleIn),
    summary: 'Run a schedule immediately',
    description:
      'Also while it is paused. Its own moments stay as they are; but a run that was made with the schedule, as by a start of Unpod’s ' +
      'for later, begins now instead of at its moment. By `skip` and `queue_one` it is refused (409) while a run has not ended.',
    params,
    headers: { 'Idempotency-Key': 'Sent again with the same body, it finds the run that it started' },
    body: runBody,
    answers: { 200: runAnswer },
    serve: async ({ spaceId, key: asking, params: { id }, body, request, response }) => {
      const key = scheduleKeyOf(spaceId, id);
      const { overlapPolicy = null } = body;
      const idempotencyKey = idempotencyKeyOf(request);
      const wanted = { key, asked: body, overlapPolicy, idempotencyKey, keyId: asking.id };
      const started = await runNow(deps, wanted).catch(async (error: unknown) => {
        const isOfTarget = error instanceof InvalidInputError;
        const schedule = isOfTarget ? await store.find(key) : null;
        return toldOfRun(error, schedule?.target.records ?? []);
      });
      if (!started) throw scheduleNotFound(id);
      tellReplayed(response, started);
      return { status: 200, body: { ...presentBatch(started.run), recordCount: started.run.taskCount } };
    },
  });
}

/** What is wrong with the target by now is told as it was sent when the schedule was made. */
function toldOfRun(error: unknown, records: ScheduledRecord[]): never {
  if (!(error instanceof ScheduleBusyError)) return toldAsSent(scheduleAsSent(records))(error);
  const batch = idFor('batch', error.runId);
  throw new HttpProblem('CONFLICT', `The run ${batch} of this schedule has not ended; see \`overlapPolicy\``);
}

const skipBody = closedObject({
  scheduledFor: givenMoment.optional().meta({
    description:
      'The `nextScheduledFor` that is meant; without it whichever is next. Sent twice, it skips once',
  }),
});

function skip(deps: ApiDeps): Operation {
  return operation({
    method: 'post',
    path: '/schedules/{id}/skip-next',
    id: 'skipNextRun',
    scope: 'runs:write',
    robotOf: robotOfSchedule(deps, scheduleIn),
    summary: 'Skip the next run of a schedule',
    params,
    body: skipBody,
    answers: {
      200: z.object({
        id: z.string(),
        status: z.literal('skipped'),
        scheduledFor: momentSchema,
        nextRunAt: momentSchema.nullable(),
      }),
    },
    serve: async ({ spaceId, params: { id }, body }) => {
      const moment = body.scheduledFor === undefined ? null : readMoment(body.scheduledFor);
      const found = await skipNext(deps, scheduleKeyOf(spaceId, id), moment);
      if (!found) throw scheduleNotFound(id);
      const { skipped, schedule } = found;
      const [scheduledFor, nextRunAt] = [momentOf(skipped), momentOrNull(schedule.dueAt)];
      return {
        status: 200,
        body: { id: idFor('sch', schedule.id), status: 'skipped', scheduledFor, nextRunAt },
      };
    },
  });
}

const backfillBody = closedObject({
  from: givenMoment,
  until: givenMoment.meta({ description: 'Not in the future' }),
});

function backfill(deps: ApiDeps): Operation {
  return operation({
    method: 'post',
    path: '/schedules/{id}/backfill',
    id: 'backfillSchedule',
    scope: 'runs:write',
    robotOf: robotOfSchedule(deps, scheduleIn),
    summary: 'Run a schedule for moments of the past',
    description:
      'At most 1,000 moments from `from` to `until`, both included. Each is run once, one after the other; all at once where the overlap ' +
      'policy is `allow`. A moment that a backfill started before is left out. A paused schedule is refused (409).',
    params,
    body: backfillBody,
    answers: {
      200: z.object({
        id: z.string(),
        status: z.literal('queued'),
        moments: count.meta({ description: 'Moments of that time' }),
        added: count.meta({
          description: 'Those of them that no backfill has started, or is to: they wait for their turn',
        }),
      }),
    },
    serve: async ({ spaceId, key: asking, params: { id }, body }) => {
      const range = { from: readMoment(body.from), until: readMoment(body.until) };
      const key = scheduleKeyOf(spaceId, id);
      const found = await backfillSchedule(deps, { ...key, keyId: limitedKey(asking) }, range);
      if (!found) throw scheduleNotFound(id);
      return { status: 200, body: { id: idFor('sch', key.scheduleId), status: 'queued', ...found } };
    },
  });
}
