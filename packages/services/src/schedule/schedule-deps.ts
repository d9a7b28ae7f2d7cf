import type { DataSource } from '@runnel/store';
import type { Dispatcher } from '../run/dispatcher';
import type { RunnableRobots } from '../run/runnable-robots';

/** What the verbs of schedules work with. */
export interface ScheduleDeps {
  dataSource: DataSource;
  robots: RunnableRobots;
  dispatcher: Dispatcher;
}
