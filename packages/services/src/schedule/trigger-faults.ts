import { wrongWord, type Fault, type Trigger } from '@runnel/contracts';
import { comesAtAll, cronFaults } from './cron-faults';
import { momentAfter } from './moments';

/** What is wrong with a trigger that is saved now; it would never come, or not when its sender thinks. */
export function triggerFaults(trigger: Trigger, now: Date): Fault[] {
  const faults = [
    ...(trigger.type === 'recurring' ? recurringFaults(trigger) : oneTimeFaults(trigger, now)),
    ...zoneFaults(trigger.timezone),
    ...windowFaults(trigger, now),
  ];
  return faults.length > 0 ? faults : emptyFaults(trigger, now);
}

function recurringFaults({ cron, runAt }: Trigger): Fault[] {
  return [
    ...(cron === null
      ? [{ path: 'cron', message: 'is missing: a recurring schedule has a pattern' }]
      : cronFaults(cron)),
    ...(runAt ? [{ path: 'runAt', message: 'is of one_time schedules only; leave it out' }] : []),
  ];
}

function oneTimeFaults({ cron, runAt }: Trigger, now: Date): Fault[] {
  return [
    ...(cron === null ? [] : [{ path: 'cron', message: 'is of recurring schedules only; leave it out' }]),
    ...(runAt
      ? past('runAt', runAt, now)
      : [{ path: 'runAt', message: 'is missing: a one_time schedule has a time' }]),
  ];
}

/** The machine's own rules decide what a zone is; offsets, which some take for zones, have no rules for summer. */
function zoneFaults(timezone: string): Fault[] {
  if (isZone(timezone)) return [];
  const found = timezone.slice(0, 100);
  const { didYouMean } = wrongWord('timezone', found, [...Intl.supportedValuesOf('timeZone'), 'UTC']);
  const message = `must be an IANA time zone such as "Europe/Berlin" or "UTC", not ${JSON.stringify(found)}`;
  return [{ path: 'timezone', message, found, ...(didYouMean !== undefined && { didYouMean }) }];
}

function isZone(timezone: string): boolean {
  if (!/^[A-Za-z]/.test(timezone)) return false;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: timezone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function windowFaults({ startAt, endAt }: Trigger, now: Date): Fault[] {
  if (!endAt) return [];
  if (!startAt || startAt <= endAt) return past('endAt', endAt, now);
  const found = endAt.toISOString();
  return [{ path: 'endAt', message: `must not be before startAt, which is ${startAt.toISOString()}`, found }];
}

function past(path: string, at: Date, now: Date): Fault[] {
  const message = `must be in the future; it is ${now.toISOString()} now`;
  return at > now ? [] : [{ path, message, found: at.toISOString() }];
}

/** All of it is right by itself. */
function emptyFaults(trigger: Trigger, now: Date): Fault[] {
  const { cron, timezone, startAt, endAt, runAt } = trigger;
  const from = startAt && startAt > now ? startAt : now;
  if (cron !== null && !comesAtAll({ cron, timezone }, from)) {
    const message = `${JSON.stringify(cron)} names a time that never comes in ${timezone}`;
    return [{ path: 'cron', message, found: cron }];
  }
  if (momentAfter(trigger, now)) return [];
  const span = [
    startAt && `from startAt ${startAt.toISOString()}`,
    endAt && `up to endAt ${endAt.toISOString()}`,
  ];
  const message = `leaves no moment: none comes ${span.filter((part) => part !== null).join(' ')}`;
  return [{ path: runAt ? 'runAt' : endAt ? 'endAt' : 'startAt', message }];
}
