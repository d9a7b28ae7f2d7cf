import { isTooLong, isUnavailable, lockDue, lookForDue, readDue, type DueSchedule } from '@runnel/store';
import { endQueued } from '../run/abort-run';
import { passOver } from './pass-over';
import { planLocked, prepareFires } from './prepare-fires';
import type { ScheduleDeps } from './schedule-deps';
import { settleFires } from './settle-fires';

/** Milliseconds until it is looked again when others are at what is due, or it is done aside. */
const patienceMs = 250;

export interface FireDeps extends ScheduleDeps {
  onError: (error: unknown) => void;
  /**
   * Takes what reads files or rows first, which may take its time; left out, it is waited for. It may say no, as while
   * it is at the last: what is due stays due.
   */
  aside?: (work: () => Promise<void>) => void;
  /** Ends when nothing more is to begin. */
  signal?: AbortSignal;
}

export interface Fired {
  /** Schedules that were looked at. */
  due: number;
  started: number;
  /** When to look again: milliseconds; null: nothing is planned. */
  nextInMs: number | null;
}

/**
 * Fires what is due: the fire, its run, the run's tasks and the schedule's next moment are one transaction. Any number
 * may do so at once: each takes what no other is at.
 */
export async function fireDue(deps: FireDeps): Promise<Fired> {
  const { manager } = deps.dataSource;
  const { due: ids, nextInMs } = await lookForDue(manager);
  if (ids.length === 0) return { due: 0, started: 0, nextInMs };
  const due = await readDue(manager, ids);
  const slow = due.filter(({ schedule }) => schedule.readsFirst);
  const quick = due.filter(({ schedule }) => !schedule.readsFirst);
  const done = await fireAll(deps, quick);
  if (deps.aside && slow.length > 0) deps.aside(async () => void (await fireEach(deps, slow)));
  else add(done, await fireEach(deps, slow));
  return { due: due.length, started: done.started, nextInMs: done.settled > 0 ? 0 : patienceMs };
}

/** How many schedules were seen to, and how many runs they started. */
interface Done {
  settled: number;
  started: number;
}

function add(done: Done, more: Done): void {
  done.settled += more.settled;
  done.started += more.started;
}

async function fireAll(deps: FireDeps, dues: DueSchedule[]): Promise<Done> {
  // One that the database refuses does not hold up the others.
  return fireTogether(deps, dues).catch(() => fireEach(deps, dues));
}

async function fireEach(deps: FireDeps, dues: DueSchedule[]): Promise<Done> {
  const done: Done = { settled: 0, started: 0 };
  for (const due of dues) {
    if (deps.signal?.aborted) break;
    add(done, await fireTogether(deps, [due]).catch((error: unknown) => giveUp(deps, due, error)));
  }
  return done;
}

/** What cannot fire is passed over, unless it may at the next look. @throws when Postgres does not answer */
async function giveUp(deps: FireDeps, { schedule }: DueSchedule, error: unknown): Promise<Done> {
  // What it reads may be too much at any time.
  const isOwn = schedule.readsFirst && isTooLong(error);
  if (isUnavailable(error) && !isOwn) throw error;
  deps.onError(error);
  return passOver(deps, schedule.id).then(
    () => ({ settled: 1, started: 0 }),
    (again: unknown) => {
      deps.onError(again);
      return { settled: 0, started: 0 };
    },
  );
}

async function fireTogether(deps: FireDeps, dues: DueSchedule[]): Promise<Done> {
  const { dataSource, dispatcher, onError, robots } = deps;
  const prepared = await prepareFires(deps, dues);
  if (prepared.size === 0) return { settled: 0, started: 0 };
  const { settled, started, aborts, stale } = await dataSource.transaction(async (manager) => {
    const locked = await lockDue(manager, [...prepared.keys()]);
    const planned = locked.map((due) => {
      const known = prepared.get(due.schedule.id);
      return known ? planLocked(due, known) : null;
    });
    return settleFires(
      manager,
      planned.filter((plan) => plan !== null),
    );
  });
  if (started > 0) dispatcher.soon();
  // If this goes wrong, the sweep ends them.
  await endQueued(dataSource, aborts).catch(onError);
  for (const robot of stale) await robots.read({ ...robot, version: 'published' });
  return { settled, started };
}
