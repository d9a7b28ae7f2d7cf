import { leaseMs } from './chaos-world';
import { figuresOf, shown } from './figures';
import { findRecoveries, recoveriesOfServers, type Recovery } from './find-recoveries';
import type { ChaosOutcome } from './run-chaos';
import { runHistory } from './run-history';

/** What a single fault may cost a task, beyond the lease. */
const limitMs = leaseMs + 8_000;
const shownProblems = 20;
const shownUnexplained = 2;

/** Everything that came of it, line by line; the last one but one is the result. */
export function chaosReport(outcome: ChaosOutcome): string[] {
  const { options, injected, ledger, load, problems } = outcome;
  const recoveries = findRecoveries(ledger, injected.records);
  const lost = new Set(problems.filter(({ kind }) => kind === 'lost').map(({ runId }) => runId)).size;
  const doubled = new Set(problems.filter(({ kind }) => kind === 'doubled').map(({ runId }) => runId)).size;
  const { writes, renewals } = outcome.fenced;
  const started = recoveries.filter(({ fault }) => fault).flatMap(({ startedMs }) => startedMs ?? []);
  const repeat = `npm run chaos -- --runs ${options.runs} --seed ${options.seed} --queue ${options.queue}`;
  return [
    '',
    ...tableOf(outcome, recoveries),
    '',
    ...recoveryLines(recoveries),
    `taken without a fault of their own: ${countsOf(recoveries.filter(({ fault }) => !fault).map(({ reason }) => reason))}`,
    ...statusLines(outcome),
    `never came: ${countsOf(injected.missed.map(({ kind, place }) => (place ? `${kind}: ${place.when} ${place.name}` : kind)))}`,
    `refused by the fence: ${writes} writes, ${renewals} renewals`,
    ...outcome.warnings.map((words) => `warned of: ${words}`),
    ...complaints(outcome),
    ...unexplained(outcome, recoveries),
    `queue on ${options.queue}, seed ${options.seed}: ${load.promised.length} accepted runs, ` +
      `${injected.records.length} faults of ${new Set(injected.records.map(({ kind }) => kind)).size} kinds, ${Math.round(outcome.seconds)} s`,
    `lost ${lost}, doubled ${doubled}, fenced ${writes + renewals}, recovery ${shown(figuresOf(started))}`,
    `again: ${repeat}`,
  ];
}

/** True when nothing was lost, doubled, wrong or left over. */
export function isKept({ problems, leftovers, surprises }: ChaosOutcome): boolean {
  return problems.length + leftovers.length + surprises.length === 0;
}

function tableOf({ injected, ledger }: ChaosOutcome, recoveries: Recovery[]): string[] {
  const servers = recoveriesOfServers(ledger, injected.records);
  const kinds = [...new Set(injected.records.map(({ kind }) => kind))].sort();
  const rows = kinds.map((kind) => {
    const count = injected.records.filter((fault) => fault.kind === kind).length;
    const own = recoveries.filter(({ fault }) => fault?.kind === kind);
    const started = [...own, ...servers.filter(({ fault }) => fault.kind === kind)].flatMap(
      ({ startedMs }) => startedMs ?? [],
    );
    const committed = own.flatMap(({ committedMs }) => committedMs ?? []);
    return [kind, String(count), String(own.length), shown(figuresOf(started)), shown(figuresOf(committed))];
  });
  return asTable([['fault', 'count', 'tasks', 'started again', 'committed'], ...rows]);
}

function asTable(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}

function recoveryLines(recoveries: Recovery[]): string[] {
  const known = recoveries.filter(({ fault }) => fault);
  const groups: [string, Recovery[]][] = [
    [
      `a single fault, alone (at most ${limitMs / 1_000} s)`,
      known.filter(({ fault, hits }) => fault?.isAlone && hits === 1),
    ],
    ['a task hit once', known.filter(({ fault, hits }) => !fault?.isAlone && hits === 1)],
    ['a task hit more often', known.filter(({ hits }) => hits > 1)],
  ];
  return groups.map(([name, of]) => {
    const noticed = figuresOf(of.map(({ noticedMs }) => noticedMs));
    const started = figuresOf(of.flatMap(({ startedMs }) => startedMs ?? []));
    const committed = figuresOf(of.flatMap(({ committedMs }) => committedMs ?? []));
    return `${name}: ${of.length} times; noticed ${shown(noticed)}, started ${shown(started)}, committed ${shown(committed)}`;
  });
}

function statusLines({ ledger }: ChaosOutcome): string[] {
  const tasks = [...ledger.values()].flatMap((found) => found.tasks);
  const statuses = countsOf(
    tasks.map(({ status, failure }) => (failure && status === 'failed' ? failure.code : status)),
  );
  const tries = countsOf(tasks.map(({ attempt }) => `${attempt}`));
  return [`tasks: ${statuses}`, `attempts: ${tries}`];
}

function countsOf(names: string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return (
    [...counts]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([name, count]) => `${name} ${count}`)
      .join(', ') || '-'
  );
}

/** Some of the runs that lost a worker which met no fault: a server that was away may be the reason, or a mistake. */
function unexplained({ ledger, injected }: ChaosOutcome, recoveries: Recovery[]): string[] {
  return recoveries
    .filter(({ fault }) => !fault)
    .slice(0, shownUnexplained)
    .flatMap(({ runId, reason }) => {
      const found = ledger.get(runId);
      const told = found ? runHistory(found, injected.records) : [];
      return [`taken without a fault of its own: ${runId}, ${reason}`, ...told];
    });
}

function complaints({ problems, leftovers, surprises, ledger, injected }: ChaosOutcome): string[] {
  const historyOf = (runId: string | null): string[] => {
    const found = ledger.get(runId ?? '');
    return found ? runHistory(found, injected.records) : [];
  };
  const told = problems
    .slice(0, shownProblems)
    .flatMap(({ kind, runId, what }) => [
      `${kind.toUpperCase()} ${runId ?? ''}: ${what}`,
      ...historyOf(runId),
    ]);
  const more = problems.length - shownProblems;
  return [
    ...told,
    ...(more > 0 ? [`and ${more} more`] : []),
    ...leftovers.map((what) => `LEFT OVER: ${what}`),
    ...surprises.map((what) => `SURPRISE: ${what}`),
  ];
}
