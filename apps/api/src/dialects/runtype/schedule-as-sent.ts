import type { Fault, ScheduledRecord } from '@runnel/contracts';
import { asSent } from './as-sent';
import { idFor } from './ids';
import { isNamed } from './schedule-change';

const ofTrigger = /^(?:type|cron|timezone|runAt|startAt|endAt|maxFires|jitterSeconds)\b/;

/** Parts that stand elsewhere in what was sent. */
const otherWords = new Map([
  ['maxAttempts', 'executionOptions.maxRetries'],
  ['robotId', 'target.flowId'],
]);

/** What a verb says is wrong with a schedule, at its place in what was sent; `records`: those of its target. */
export function scheduleAsSent(records: ScheduledRecord[]): (fault: Fault) => Fault {
  const idCount = records.filter(isNamed).length;
  return (fault) => {
    if (ofTrigger.test(fault.path)) return { ...fault, path: `trigger.${fault.path}` };
    const word = otherWords.get(fault.path);
    if (word !== undefined) return { ...fault, path: word };
    const path = fault.path.replace(/^target\./, '');
    if (/^recordFilter\b/.test(path)) return ofFilter({ ...fault, path });
    const own = /^records\[(\d+)\](.*)$/.exec(path);
    const place = Number(own?.[1]) - idCount;
    if (place >= 0) return { ...fault, path: `target.records[${place}]${own?.[2]}` };
    if (path === 'records' && idCount === 0) return { ...fault, path: 'target.records' };
    const told = asSent({ ...fault, path });
    return /^(?:flowId|recordIds|fileIds)\b/.test(told.path)
      ? { ...told, path: `target.${told.path}` }
      : told;
  };
}

/** What is a robot to the verbs is a flow here. */
function ofFilter({ path, message, found, ...rest }: Fault): Fault {
  const isFlow = path === 'recordFilter.robotId';
  const shown = isFlow && typeof found === 'string' ? idFor('flow', found) : found;
  return {
    ...rest,
    path: `target.${path.replace('robotId', 'flowId')}`,
    message: message.replace(/\brobot\b/g, 'flow'),
    ...(shown !== undefined && { found: shown }),
  };
}
