import type { ScheduleKey } from '@runnel/store';
import { abortAhead } from './abort-ahead';
import { changeSchedule } from './change-schedule';
import type { ScheduleDeps } from './schedule-deps';

/**
 * Removes a schedule and what is known of its moments; its runs go on, but for one that waits for its moment. False
 * when there is no such schedule.
 */
export async function deleteSchedule({ dataSource }: ScheduleDeps, key: ScheduleKey): Promise<boolean> {
  const isDeleted = await changeSchedule(dataSource, key, async ({ manager, store, schedule }) => {
    await abortAhead(manager, schedule);
    return store.delete(key);
  });
  return isDeleted ?? false;
}
