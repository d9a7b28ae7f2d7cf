import type { FireKind, FireOutcome, RunStatus, Schedule } from '@runnel/contracts';
import type { ScheduleHead } from '@runnel/store';
import type { DueMoments } from './due-moments';
import { pausedReason } from './pause-schedule';

/** What a plan is made from, beside the schedule: all of one instant. */
export interface FireFacts {
  now: Date;
  /** Its runs that have not ended. */
  active: { id: string; status: RunStatus; kind: FireKind }[];
  /** Its fires that wait, oldest first. */
  waiting: FireToStart[];
  /** Its newest runs failed, as many as it takes to pause it. */
  hasFailed: boolean;
  /** Runs that start at a time; more wait for the next look. */
  mostStarts: number;
}

export interface FireToStart {
  /** Of one that waits already; null: it has none yet. */
  id: string | null;
  kind: FireKind;
  scheduledFor: Date;
}

export interface NotedFire {
  kind: FireKind;
  scheduledFor: Date;
  /** Null: it waits from now on. */
  outcome: FireOutcome | null;
  reason: string | null;
}

export interface DroppedFire extends FireToStart {
  id: string;
  outcome: FireOutcome;
  reason: string;
}

/** What becomes of a schedule's due moments, and of its fires that waited. */
export interface FirePlan {
  starts: FireToStart[];
  noted: NotedFire[];
  /** Of those that waited. */
  dropped: DroppedFire[];
  /** Runs that give way. */
  aborts: string[];
  /** How many wait afterwards. */
  waiting: number;
  pause: Pause;
}

/** Decides by the schedule's policies. The same facts give the same plan. */
export function planFires(schedule: ScheduleHead, facts: FireFacts, due: DueMoments): FirePlan {
  const pause = pauseOf(schedule, facts, due.until !== null);
  const planning = new Planning(schedule, facts);
  if (pause.pausedAt) planning.skipAll(due, pause.pauseNote);
  else planning.fire(due);
  const { starts, noted, dropped, waiting } = planning;
  return { starts, noted, dropped, aborts: planning.aborts(), waiting: waiting.length, pause };
}

type Pause = Pick<Schedule, 'pausedAt' | 'pausedBy' | 'pauseNote'>;

function pauseOf(schedule: ScheduleHead, { now, hasFailed }: FireFacts, isDue: boolean): Pause {
  const { pausedAt, pausedBy, pauseNote, pauseAfterFailures } = schedule;
  if (pausedAt || !isDue || !hasFailed || pauseAfterFailures === null)
    return { pausedAt, pausedBy, pauseNote };
  const last = pauseAfterFailures === 1 ? 'the last run' : `the last ${pauseAfterFailures} runs`;
  return { pausedAt: now, pausedBy: 'failures', pauseNote: `${last} failed` };
}

const limitReached = 'the limit of the schedule is reached by moments before it';

class Planning {
  readonly starts: FireToStart[] = [];
  readonly noted: NotedFire[] = [];
  readonly dropped: DroppedFire[] = [];
  waiting: FireToStart[];

  constructor(
    private readonly schedule: ScheduleHead,
    private readonly facts: FireFacts,
  ) {
    this.waiting = [...facts.waiting];
  }

  /** Nothing starts, and nothing waits any more. */
  skipAll({ missed, onTime, untold }: DueMoments, note: string | null): void {
    const reason = pausedReason(note);
    this.#tellUntold(untold, 'skipped_paused', reason);
    for (const moment of [...missed, ...(onTime ? [onTime] : [])])
      this.#note(moment, 'skipped_paused', reason);
    for (const fire of this.waiting) this.#drop(fire, { outcome: 'skipped_paused', reason });
  }

  fire({ missed, onTime, untold }: DueMoments): void {
    this.#startWaiting();
    const late = new Set(this.#madeUpFor({ missed, onTime }));
    const isMadeUpFor = this.schedule.misfirePolicy === 'fire_once' && (onTime !== null || late.size > 0);
    const reason = `no scheduler looked at it in time${isMadeUpFor ? '; a later moment makes up for it' : ''}`;
    this.#tellUntold(untold, 'skipped_misfire', reason);
    for (const moment of missed) {
      if (late.has(moment)) this.#come({ id: null, kind: 'catch_up', scheduledFor: moment });
      else this.#note(moment, 'skipped_misfire', reason);
    }
    // Who makes up for all that was missed does not lose what came last.
    const isLate = late.size > 0 && this.schedule.misfirePolicy === 'catch_up';
    if (onTime) this.#come({ id: null, kind: isLate ? 'catch_up' : 'cron', scheduledFor: onTime });
  }

  /** The runs that a fire of its moment waits for give way to it, when it is the next to start. */
  aborts(): string[] {
    const givesWay = this.schedule.overlapPolicy === 'cancel_previous';
    if (!givesWay || this.waiting[0]?.kind !== 'cron') return [];
    const { active } = this.facts;
    return active.filter((run) => run.status !== 'aborting' && givesPlace(run)).map(({ id }) => id);
  }

  get #isBusy(): boolean {
    return this.facts.active.length + this.starts.length > 0;
  }

  /** So many of these fires, behind those of before, are all that the schedule's limit lets start. */
  #areAll(fires: FireToStart[]): boolean {
    const { maxFires, fired } = this.schedule;
    return maxFires !== null && fired + fires.filter(isOfLimit).length >= maxFires;
  }

  get #mayStart(): boolean {
    if (this.schedule.overlapPolicy !== 'allow') return !this.#isBusy;
    return this.starts.length < this.facts.mostStarts;
  }

  #startWaiting(): void {
    for (const fire of [...this.waiting]) {
      if (isOfLimit(fire) && this.#areAll(this.starts)) {
        this.#drop(fire, { outcome: 'skipped_overlap', reason: limitReached });
      } else if (this.#mayStart) {
        this.starts.push(fire);
        this.waiting = this.waiting.filter((each) => each !== fire);
      }
    }
  }

  #madeUpFor({ missed, onTime }: Pick<DueMoments, 'missed' | 'onTime'>): Date[] {
    const { misfirePolicy, misfireWindowSeconds, catchUpMax } = this.schedule;
    const oldest = this.facts.now.getTime() - misfireWindowSeconds * 1_000;
    const recent = missed.filter((moment) => moment.getTime() >= oldest);
    if (misfirePolicy === 'catch_up') return recent.slice(-catchUpMax);
    return misfirePolicy === 'fire_once' && !onTime ? recent.slice(-1) : [];
  }

  /** One of the schedule's moments fires, as far as its limit and its policy let it. */
  #come(fire: FireToStart): void {
    const { overlapPolicy } = this.schedule;
    const { kind, scheduledFor } = fire;
    if (this.#areAll([...this.starts, ...this.waiting]))
      this.#note(scheduledFor, 'skipped_overlap', limitReached);
    else if (this.waiting.length === 0 && this.#mayStart) this.starts.push(fire);
    else if (kind === 'catch_up' || overlapPolicy === 'allow') this.#wait(fire);
    else if (overlapPolicy === 'skip') this.#note(scheduledFor, 'skipped_overlap', this.#whyBusy());
    else if (overlapPolicy === 'queue_one') this.#queueOne(fire);
    else this.#replace(fire);
  }

  #queueOne(fire: FireToStart): void {
    const first = this.waiting.find(({ kind }) => kind === 'cron');
    if (!first) this.#wait(fire);
    else this.#note(fire.scheduledFor, 'skipped_overlap', `${told(first.scheduledFor)} waits already`);
  }

  #replace(fire: FireToStart): void {
    const reason = `${told(fire.scheduledFor)} came in its place`;
    const replaced = this.waiting.filter(({ kind }) => kind === 'cron');
    for (const each of replaced) this.#drop(each, { outcome: 'skipped_overlap', reason });
    this.#wait(fire);
  }

  #wait(fire: FireToStart): void {
    const { kind, scheduledFor } = fire;
    this.noted.push({ kind, scheduledFor, outcome: null, reason: this.#whyBusy() });
    this.waiting.push(fire);
  }

  #note(scheduledFor: Date, outcome: FireOutcome, reason: string): void {
    this.noted.push({ kind: 'cron', scheduledFor, outcome, reason });
  }

  #drop(fire: FireToStart, why: Pick<DroppedFire, 'outcome' | 'reason'>): void {
    this.waiting = this.waiting.filter((each) => each !== fire);
    const { id } = fire;
    if (id !== null) this.dropped.push({ ...fire, id, ...why });
  }

  #tellUntold(untold: DueMoments['untold'], outcome: FireOutcome, reason: string): void {
    if (!untold) return;
    const many = `${reason}; so it was for all moments from this one to before ${untold.until.toISOString()}`;
    this.#note(untold.first, outcome, many);
  }

  #whyBusy(): string {
    if (this.schedule.overlapPolicy === 'allow') return 'many start at once: it is one of the next';
    return this.#isBusy ? 'the run before it has not ended' : 'another moment waits before it';
  }
}

/** A moment takes the place of another, and of a run by hand; what is made up for runs to its end. */
function givesPlace({ kind }: { kind: FireKind }): boolean {
  return kind === 'cron' || kind === 'manual';
}

/** Counts for the limit of a schedule: what a person asks for does not. */
export function isOfLimit({ kind }: Pick<FireToStart, 'kind'>): boolean {
  return kind === 'cron' || kind === 'catch_up';
}

function told(moment: Date): string {
  return `the moment ${moment.toISOString()}`;
}
