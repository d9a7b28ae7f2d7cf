import type { Engine } from '@runnel/contracts';

/** The same tests by both engines. */
export function describeEngines(tests: (engine: Engine) => void): void {
  describe.each(['browser', 'http'] as const)('by %s', tests);
}
