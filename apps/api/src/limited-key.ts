import type { AskingKey } from './operation';

/**
 * The key that asks, if it may not everything that others may: what it changes of a schedule is then its own, with its
 * limits. One without limits lets be whose it is: it lifts none.
 */
export function limitedKey({ id, robotId, domains, dailyTasks }: AskingKey): string | undefined {
  return robotId === null && domains === null && dailyTasks === null ? undefined : id;
}
