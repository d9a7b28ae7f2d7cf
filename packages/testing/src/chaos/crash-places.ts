import type { CrashPoint } from '../faults/crash-point';
import type { AppName } from './app-slot';

/** A statement that matters, and which side of it. */
export interface CrashPlace {
  name: string;
  on: 'postgres' | 'redis';
  statement: RegExp;
  when: CrashPoint['when'];
}

type Backend = CrashPlace['on'];

interface Statement {
  name: string;
  statement: RegExp;
  /** Whose queue has it; null: the ledger's own, there on either. */
  queue: Backend | null;
}

const ofLedger = (name: string, statement: RegExp): Statement => ({ name, statement, queue: null });
const ofQueue = (name: string, statement: RegExp): Statement => ({ name, statement, queue: 'postgres' });
const script: Statement = { name: 'a script of the queue', statement: /evalsha/i, queue: 'redis' };

const commit = ofLedger('commit', /^COMMIT/);
const end = ofLedger("a task's end", /^\s*WITH ended AS/);
const givenBack = ofLedger('a task given back', /SET status = 'queued', worker_id = NULL/);
const chosen = ofLedger('the choice of tasks for the queue', /WITH RECURSIVE waiting/);
const notAdded = ofLedger('jobs noted as not added', /SET dispatched_at = NULL WHERE id/);
const jobAdded = ofQueue('jobs added', /add_jobs?(_bulk)?(_unlocked)?\(/);

/** What each app says to its servers, in the order in which it says it. */
const statements: Record<AppName, Statement[]> = {
  api: [
    ofLedger('a run', /INSERT INTO runs/),
    chosen,
    jobAdded,
    script,
    notAdded,
    ofLedger('an abort', /SET status = 'aborting'/),
    end,
    commit,
    ofLedger('a run read', /"firstTaskId"/),
  ],
  worker: [
    ofQueue('a job taken', /move_to_active\(/),
    script,
    ofLedger('a claim', /^\s*WITH claimed AS/),
    ofLedger('a renewal', /^\s*UPDATE tasks t SET lease_until/),
    ofLedger('rows', /INSERT INTO rows/),
    ofLedger('an artifact', /INSERT INTO artifacts/),
    end,
    ofLedger("a run's end", /UPDATE runs SET status = \$2, finished_at/),
    commit,
    givenBack,
    chosen,
    jobAdded,
    ofQueue('a job done', /move_to_completed/),
  ],
  scheduler: [
    ofLedger('a look for lost tasks', /t\.lease_until < now\(\)/),
    givenBack,
    end,
    commit,
    chosen,
    ofLedger('a look for silent tasks', /t\.dispatched_at < now\(\)/),
    jobAdded,
    script,
    ofLedger('jobs noted as added', /SET dispatched_at = now\(\) WHERE id/),
  ],
};

/**
 * Where a worker is frozen, and how often of so many times. It is for the fence: what it was about to write comes when
 * another worker has the task; an end that would be taken then would end the other's work.
 */
const frozenAt: Record<string, number> = {
  "before a task's end": 5,
  'before rows': 3,
  'before an artifact': 1,
  'before a renewal': 1,
  'before a claim': 1,
  'after a claim': 1,
  'after rows': 1,
  "after a task's end": 1,
  'before commit': 1,
  [`after ${chosen.name}`]: 1,
};

/** Where a fault of this kind may happen; nowhere in particular for those that are not at a statement. */
export function crashPlaces(kind: string, backend: Backend): CrashPlace[] {
  const [, app, deed] = /^(worker|API|scheduler) (killed|frozen) at a statement$/.exec(kind) ?? [];
  if (app === undefined) return [];
  const times = ({ when, name }: CrashPlace): number =>
    deed === 'killed' ? 1 : (frozenAt[`${when} ${name}`] ?? 0);
  return statements[app.toLowerCase() as AppName]
    .filter(({ queue }) => queue === null || queue === backend)
    .flatMap(sidesOf)
    .flatMap((place) => Array.from({ length: times(place) }, () => place));
}

function sidesOf({ name, statement, queue }: Statement): CrashPlace[] {
  const on = queue === 'redis' ? 'redis' : 'postgres';
  return (['before', 'after'] as const).map((when) => ({ name, statement, when, on }));
}
