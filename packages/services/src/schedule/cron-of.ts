import { Cron, type CronOptions } from 'croner';

/**
 * A pattern in its zone, as all of this service reads it. By `no-wildcard`, times that are named (`30 2 * * *`,
 * `30 2,14 * * *`) come once a day also on the days on which the clocks change; patterns with `*` or `/` in the hour,
 * minute or second go by real time.
 * @throws TypeError, RangeError for what `triggerFaults` refuses
 */
export function cronOf(
  { cron, timezone }: { cron: string; timezone: string },
  mode: CronOptions['mode'] = '5-or-6-parts',
): Cron {
  return new Cron(cron, { paused: true, timezone, mode, fixedTimeRule: 'no-wildcard' });
}
