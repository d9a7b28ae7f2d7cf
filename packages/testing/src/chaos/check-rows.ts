import { isSame } from './is-same';
import type { Event, Row, Task } from '@runnel/contracts';
import type { Claims } from './claims';
import type { LedgerRun } from './ledger-snapshot';
import { rowsOf, type RunPlan } from './run-plan';

/**
 * The rows of a task are those that the site served, in their order, each once; of a task that did not come to its
 * own end, the first of them. What older attempts wrote is what their events tell.
 */
export function checkRows(
  { rows, events }: LedgerRun,
  task: Task,
  { plan, claims }: { plan: RunPlan; claims: Claims },
): void {
  const own = rows.filter(({ taskId }) => taskId === task.id);
  const read = own.filter(({ attempt }) => attempt === task.attempt);
  const served = rowsOf(plan, task.ordinal);
  const name = `task ${task.ordinal}`;
  const count = `${name} has ${read.length} rows of ${served.length}`;
  claims.holds(read.length <= served.length, 'doubled', count);
  claims.holds(read.length >= served.length || !isWhole(task, plan), 'lost', count);
  const wrong = read.findIndex(({ data }, index) => !isSame(data, served[index]));
  const kind = isRepeated(read, wrong) ? 'doubled' : 'wrong';
  claims.holds(wrong === -1, kind, `${name}: row ${wrong} is ${JSON.stringify(read[wrong])}`);
  claims.equal(`the count of rows of ${name}`, task.rowCount, read.length);
  for (const attempt of new Set(own.map((row) => row.attempt))) {
    const there = own.filter((row) => row.attempt === attempt).length;
    const told = rowsTold(events.filter((event) => event.taskId === task.id && event.attempt === attempt));
    claims.equal(`the rows of ${name}, attempt ${attempt}, by its events,`, told, there);
  }
}

/** Whether the task came to its own end, be it a planned failure. */
function isWhole({ status, failure, ordinal }: Task, plan: RunPlan): boolean {
  return status === 'succeeded' || (failure !== null && failure.code === plan.tasks[ordinal]?.fails);
}

function rowsTold(events: Event[]): number {
  return events.reduce((sum, { event }) => sum + (event.kind === 'rows.appended' ? event.count : 0), 0);
}

function isRepeated(rows: Row[], index: number): boolean {
  return rows.some((row, other) => other < index && isSame(row.data, rows[index]?.data));
}
