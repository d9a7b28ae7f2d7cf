import type { FaultRecord } from './fault-record';
import type { LedgerRun } from './ledger-snapshot';

const eventLength = 220;

/** What a run went through, event by event, with the faults of its time between them. */
export function runHistory({ run, events }: LedgerRun, faults: FaultRecord[]): string[] {
  const until = run.finishedAt?.getTime() ?? Date.now();
  const during = faults.filter((fault) => fault.until >= run.createdAt.getTime() && fault.at <= until);
  const lines = [
    ...events.map(({ seq, at, attempt, event }) => ({
      at: at.getTime(),
      words: `${seq} attempt ${attempt ?? '-'} ${JSON.stringify(event).slice(0, eventLength)}`,
    })),
    ...during.map(({ at, until: over, kind, where, pid }) => ({
      at,
      words: `  -- ${kind}: ${where} (pid ${pid ?? '-'}), over ${((over - at) / 1_000).toFixed(1)} s later`,
    })),
  ];
  return lines
    .sort((a, b) => a.at - b.at)
    .map(({ at, words }) => `    ${new Date(at).toISOString().slice(11, 23)} ${words}`);
}
