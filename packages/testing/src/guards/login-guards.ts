import type { Guard } from './guard';

const services = 'packages/services/test/logins.test.ts';
const worker = 'apps/worker/test/logins.test.ts';

/** What keeps stored logins to their robots and lets go of those that are of no use. */
export const loginGuards: Guard[] = [
  {
    name: 'the robot that a sealed login is bound to',
    invariant: 'secrets stay sealed',
    file: 'packages/services/src/login/login-deps.ts',
    find: "return ['login', spaceId, robotId, name];",
    replace: "return ['login', spaceId, name, `${robotId === name}`];",
    suite: services,
  },
  {
    name: 'the login that a run drops is the one that it began with',
    invariant: 'logins are those that work',
    file: 'packages/store/src/login-store.ts',
    find: 'OR saved_at = $4)',
    replace: 'OR saved_at <> $4 OR saved_at = $4)',
    suite: services,
  },
  {
    name: 'the login page at the end of a run',
    invariant: 'logins are those that work',
    file: 'apps/worker/src/engine/open-login.ts',
    find: 'return signals?.hasPasswordField ?? false;',
    replace: 'return signals === null && false;',
    suite: worker,
  },
  {
    name: 'the login that a site refused is dropped',
    invariant: 'logins are those that work',
    file: 'apps/worker/src/engine/open-login.ts',
    find: 'if (stored) await dropLogin(',
    replace: 'if (stored && !stored.savedAt) await dropLogin(',
    suite: worker,
  },
  {
    name: 'what a comparison of the engines left is not kept',
    invariant: 'logins are those that work',
    file: 'apps/worker/src/engine/compare-engines.ts',
    find: 'ended: (_session, thrown) => Promise.resolve(thrown) };',
    replace: '};',
    suite: worker,
  },
  {
    name: 'faults of the worker say no secret',
    invariant: 'secrets stay sealed',
    file: 'apps/worker/src/engine/read-by.ts',
    find: 'mask(reading.secrets).thrown(error);',
    replace: 'mask(new Map()).thrown(error);',
    suite: 'apps/worker/test/robot-secrets.test.ts',
  },
];
