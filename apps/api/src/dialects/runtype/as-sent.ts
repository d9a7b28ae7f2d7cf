import type { Fault } from '@runnel/contracts';

/** What a verb says is wrong with a start, at its place in what was sent. */
export function asSent(fault: Fault): Fault {
  // There are no stages here: what is not published cannot be started.
  if (fault.path === 'stage') return { path: 'flowId', message: 'no version of this flow is published' };
  const path = fault.path
    .replace(/^records\[(\d+)\]\.inputs\b/, 'recordIds[$1]')
    .replace(/^records\b/, 'recordIds');
  return { ...fault, path };
}
