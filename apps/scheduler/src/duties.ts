import type { Logger } from '@runnel/runtime';
import { fireDue, prune, recoverTasks, type ScheduleDeps } from '@runnel/services';

/** What a scheduler does again and again. Each says in how many milliseconds it is to be done again. */
export interface Duties {
  sweep(): Promise<number>;
  fire(signal: AbortSignal): Promise<number>;
  tidy(signal: AbortSignal): Promise<number>;
  /** Resolves when nothing is done aside any more. */
  close(): Promise<void>;
}

const sweepMs = 1_000;
/** How long a schedule that is new or edited may go unnoticed. */
const fireMs = 1_000;
/** After a look that found something: who starts a run by hand comes in between. */
const breathMs = 150;
const pruneMs = 60_000;

/** Any number of schedulers may do all of it at once: the database decides who acts. */
export function dutiesOf(deps: ScheduleDeps, logger: Logger): Duties {
  const { dataSource, dispatcher } = deps;
  const told = (sentence: string) => (error: unknown) => logger.error({ err: error }, sentence);
  const cannotFire = told('a schedule could not be fired; the others go on');
  let atWork: Promise<void> | null = null;
  /** One at a time: what is due stays due until its turn comes. */
  const aside = (work: () => Promise<void>): void => {
    atWork ??= work()
      .catch(cannotFire)
      .finally(() => (atWork = null));
  };
  return {
    sweep: async () => {
      const onError = told('a task could not be recovered');
      const { lost, dispatched } = await recoverTasks({ dataSource, dispatcher, onError });
      // A task that only waits for a free worker is told to the queue again and again.
      if (lost > 0) logger.info({ lost }, 'took tasks back from lost workers');
      if (dispatched > 0) logger.debug({ dispatched }, 'told the queue of tasks again');
      return sweepMs;
    },
    fire: async (signal) => {
      const { due, started, nextInMs } = await fireDue({ ...deps, onError: cannotFire, aside, signal });
      if (started > 0) logger.debug({ due, started }, 'fired schedules');
      return Math.min(Math.max(nextInMs ?? fireMs, breathMs), fireMs);
    },
    tidy: async (signal) => {
      const pruned = await prune({ dataSource, signal, onError: told('pruning failed; it goes on') });
      if (Object.values(pruned).some((count) => count > 0)) logger.info(pruned, 'pruned');
      return pruneMs;
    },
    close: async () => {
      await atWork;
    },
  };
}
