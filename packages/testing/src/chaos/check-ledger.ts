import { checkRun } from './check-run';
import type { LedgerRun } from './ledger-snapshot';
import type { Problem } from './problem';
import type { RunPlan } from './run-plan';
import { tagOf, type Load } from './run-load';

/** Holds the whole ledger against what clients were promised. */
export function checkLedger(
  ledger: Map<string, LedgerRun>,
  load: Load,
  planOf: (index: number) => RunPlan,
): Problem[] {
  const promised = new Map(load.promised.map((each) => [each.runId, each]));
  const missing = load.promised
    .filter(({ runId }) => !ledger.has(runId))
    .map(({ runId }): Problem => ({ kind: 'lost', runId, what: 'it was accepted and is not in the ledger' }));
  const refused = load.refused.map((what): Problem => ({ kind: 'wrong', runId: null, what }));
  const ofTag = new Map<string, string[]>();
  const checked = [...ledger.values()].flatMap((found) => {
    const [tag = ''] = found.run.tags;
    ofTag.set(tag, [...(ofTag.get(tag) ?? []), found.run.id]);
    const plan = planOf(Number(tag.slice(tagOf(0).length - 1)));
    return checkRun(found, plan, promised.get(found.run.id)?.isAborted ?? false);
  });
  const twice = [...ofTag.values()]
    .filter((ids) => ids.length > 1)
    .map((ids): Problem => ({
      kind: 'doubled',
      runId: ids[0] ?? null,
      what: `one key started ${ids.join(', ')}`,
    }));
  return [...missing, ...refused, ...checked, ...twice];
}
