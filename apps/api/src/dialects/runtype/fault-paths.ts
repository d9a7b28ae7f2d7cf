import type { Fault } from '@runnel/contracts';

/** Paths as the verbs name them, and where this dialect's body has the same. */
const names: [RegExp, string][] = [
  [/^records\[(\d+)\]\.inputs\b/, 'recordIds[$1]'],
  [/^records\b/, 'recordIds'],
  [/^robotId$/, 'flowId'],
  [/^maxAttempts$/, 'options.maxRetries'],
];

/** A fault that a verb found, where this dialect's clients look for it. */
export function inOurWords(fault: Fault): Fault {
  // There are no stages here: what is not published cannot be started.
  if (fault.path === 'stage') return { path: 'flowId', message: 'no version of this flow is published' };
  const known = names.find(([form]) => form.test(fault.path));
  return known ? { ...fault, path: fault.path.replace(...known) } : fault;
}
