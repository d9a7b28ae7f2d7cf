import type { Hit } from './canaries';
import { transitionForms, type LabNetwork } from './lab-network';
import type { WayReport } from './lab-report';
import type { LabWorld } from './lab-world';

/** What each way has reached by now. */
export function wayReports({ canaries, network }: LabWorld): Record<string, WayReport> {
  const reports: Record<string, WayReport> = {};
  const of = ({ way }: Hit): WayReport => (reports[way] ??= { control: 0, inner: {} });
  for (const hit of canaries.control()) of(hit).control += 1;
  for (const hit of canaries.inner()) {
    const { inner } = of(hit);
    const target = targetOf(hit.address, network);
    inner[target] = (inner[target] ?? 0) + 1;
  }
  return reports;
}

function targetOf(address: string, { inner }: LabNetwork): string {
  if (address === '::1') return 'loopback';
  const is = (each: string): boolean =>
    each === address || Object.values(transitionForms(each)).includes(address);
  return Object.entries(inner).find(([, each]) => is(each))?.[0] ?? 'other';
}
