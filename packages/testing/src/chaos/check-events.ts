import type { Event } from '@runnel/contracts';
import type { Claims } from './claims';
import type { LedgerRun } from './ledger-snapshot';

/** Events are numbered from 1 without a gap, begin with the run's start, close with its one end, and keep to the fence. */
export function checkEvents({ run, tasks, events }: LedgerRun, claims: Claims): void {
  const gap = events.findIndex(({ seq }, index) => seq !== index + 1);
  claims.equal('the first number out of turn', events[gap]?.seq ?? null, null);
  claims.equal('the number of its newest event', run.seq, events.length);
  claims.equal('its first event', events.at(0)?.event.kind, 'run.queued');
  claims.equal('its last event', events.at(-1)?.event, { kind: 'run.ended', status: run.status });
  const ends = events.filter(({ event }) => event.kind === 'run.ended').length;
  claims.holds(ends <= 1, 'doubled', `it ended ${ends} times`);
  claims.holds(ends >= 1, 'lost', 'it has no event of its end');
  for (const { id, ordinal, attempt } of tasks) {
    const own = events.filter(({ taskId }) => taskId === id);
    const started = own.filter(({ event }) => event.kind === 'task.started');
    claims.equal(`the number of starts of task ${ordinal}`, started.length, attempt);
    checkFence(own, `task ${ordinal}`, claims);
  }
}

/** Nothing is written by an attempt once a newer one was claimed, or once it was taken back or had ended. */
function checkFence(events: Event[], name: string, claims: Claims): void {
  let current = 0;
  let isRunning = false;
  for (const told of events) {
    const { kind } = told.event;
    const attempt = told.attempt ?? 0;
    const isInTurn =
      kind === 'task.started'
        ? !isRunning && attempt === current + 1
        : attempt === current && (isRunning || isEndInQueue(told));
    claims.holds(
      isInTurn,
      'wrong',
      `${name}: attempt ${attempt} wrote ${kind} out of turn (event ${told.seq})`,
    );
    current = Math.max(current, attempt);
    isRunning = kind === 'task.started' || (isRunning && kind !== 'task.ended' && kind !== 'task.requeued');
  }
  const ends = events.filter(({ event }) => event.kind === 'task.ended').length;
  claims.holds(ends <= 1, 'doubled', `${name} ended ${ends} times`);
}

/** Only an abort ends a task that nobody has. */
function isEndInQueue({ event }: Event): boolean {
  return event.kind === 'task.ended' && event.status === 'aborted';
}
