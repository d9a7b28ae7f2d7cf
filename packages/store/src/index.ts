export { ArtifactStore } from './artifact-store';
export { openDataSource, type DatabaseOptions } from './data-source';
export { endTasks, type EndingTasks, type TaskEnd } from './end-tasks';
export { EngineChoiceStore, type RobotVersionKey } from './engine-choice-store';
export { dispatchTasks, type DispatchedTask } from './dispatch-tasks';
export { failedTasks } from './failed-tasks';
export { EventStore, type EventPage } from './event-store';
export { FileStore, type FileView } from './file-store';
export type { FireSparkline, FireStats } from './fire-stats';
export { FireStore, type FireFilter, type FireRun, type FireState, type FireView } from './fire-store';
export { KeyStore, type KeyPlace, type KeyView, type NewApiKey } from './key-store';
export { ListWalkStore } from './list-walk-store';
export { LoginStore, mostLogins, type LoginKey, type LoginView } from './login-store';
export {
  advanceSchedules,
  explainFires,
  lockDue,
  lookForDue,
  noteFires,
  noteMoment,
  readDue,
  targetsOf,
  type DueSchedule,
  type FiredSchedule,
  type FireNote,
  type ScheduleHead,
} from './due-schedules';
export { matchingRows, newestYield, type MatchingRow, type WantedRows } from './matching-rows';
export { isUpToDate, migrate } from './migrate';
export { PruneStore, type PruneLimits } from './prune-store';
export { RateStore, type RateCount } from './rate-store';
export { robotOf } from './robot-of';
export { RobotStore, type RobotFilter, type RobotPage, type RobotWithDefinition } from './robot-store';
export { RowStore, type ListedRow, type PlacedRow, type RowPlace } from './row-store';
export type { RunKey } from './run-key';
export { RunSignals } from './run-signals';
export type { RunWatch } from './run-watch';
export { hearAborts } from './hear-aborts';
export { releaseRuns } from './held-runs';
export { isTooLong, isUnavailable } from './is-unavailable';
export { newId } from './new-id';
export { insertRuns, noteStart, startedWith, type Inserted, type NewRun, type NewTask } from './insert-runs';
export { InstallationStore, type InstallationFacts } from './installation-store';
export { newView, RunStore, type RunHead, type RunPage, type RunView } from './run-store';
export type { RunFilter, RunOwner } from './runs-of';
export { slugOf } from './slug-of';
export { ScheduleListStore, type ScheduleFilter, type SchedulePage } from './schedule-list-store';
export {
  ScheduleStore,
  type CreatedSchedule,
  type ScheduleKey,
  type ScheduleView,
  type Unnamed,
} from './schedule-store';
export { SecretStore, type SecretView } from './secret-store';
export { SpaceStore, type SpaceLimits, type SpaceUsage } from './space-store';
export {
  TaskListStore,
  type SpaceTaskView,
  type TaskFilter,
  type TaskPage,
  type TaskRun,
  type TaskView,
} from './task-list-store';
export { TaskStore, type Claim, type ClaimedTask, type Requeue, type RowBatch } from './task-store';
export type { DataSource, EntityManager } from 'typeorm';
