import type { Claim, TaskStore } from '@runnel/store';
import { AttemptStopped } from './attempt-stopped';

const beatsInALease = 3;

/**
 * Renews a claim until it is stopped. Ends the attempt when the run is being aborted, when the claim is lost, or
 * when it could not be renewed for as long as it holds.
 */
export function keepClaim(
  store: TaskStore,
  claim: Claim,
  { leaseMs, attempt }: { leaseMs: number; attempt: AbortController },
): { stop(): void } {
  let renewedAt = performance.now();
  const beat = async (): Promise<void> => {
    const sentAt = performance.now();
    if (sentAt - renewedAt > leaseMs) attempt.abort(new AttemptStopped('lost'));
    const state = await store.renew(claim, leaseMs).catch(() => 'unknown' as const);
    if (state === 'unknown') return;
    renewedAt = sentAt;
    if (state === null) attempt.abort(new AttemptStopped('lost'));
    else if (state.isRunAborting) attempt.abort(new AttemptStopped('aborted'));
  };
  const timer = setInterval(() => void beat(), leaseMs / beatsInALease);
  return { stop: () => clearInterval(timer) };
}
