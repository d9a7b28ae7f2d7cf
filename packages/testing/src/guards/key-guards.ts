import type { Guard } from './guard';

const rights = 'apps/api/test/key-rights.test.ts';
const keys = 'apps/api/test/keys.test.ts';
const budget = 'packages/store/test/key-budget.test.ts';

/** What holds a key to what it may, and a suite for each that fails without it. */
export const keyGuards: Guard[] = [
  {
    name: 'the scope of a key',
    invariant: 'keys do what they may',
    file: 'apps/api/src/check-rights.ts',
    find: 'if (allows(scopes, wanted)) return;',
    replace: 'if (allows(scopes, wanted) || scopes.length > 0) return;',
    suite: rights,
  },
  {
    name: 'the robot of a key',
    invariant: 'keys do what they may',
    file: 'apps/api/src/check-rights.ts',
    find: 'if ((await robotOf?.(asked)) === robotId) return;',
    replace: 'if ((await robotOf?.(asked)) !== undefined) return;',
    suite: rights,
  },
  {
    name: 'what is of a whole space, for a key of one robot',
    invariant: 'keys do what they may',
    file: 'apps/api/src/check-rights.ts',
    find: 'if (key.robotId !== null && robotOf === undefined) {',
    replace: "if (key.robotId === '' && robotOf === undefined) {",
    suite: rights,
  },
  {
    name: 'the end of a key',
    invariant: 'keys end',
    file: 'apps/api/src/authenticate.ts',
    find: 'expiresAt.getTime() <= Date.now()',
    replace: 'expiresAt.getTime() <= 0',
    suite: keys,
  },
  {
    name: 'that a key is revoked',
    invariant: 'keys end',
    file: 'apps/api/src/authenticate.ts',
    find: 'if (revokedAt) return',
    replace: 'if (revokedAt && revokedAt.getTime() === 0) return',
    suite: keys,
  },
  {
    name: 'the last key that opens all of a space',
    invariant: 'keys end',
    file: 'packages/services/src/key/revoke-key.ts',
    find: 'if (staying.length === 1 &&',
    replace: 'if (staying.length === 0 &&',
    suite: keys,
  },
  {
    name: 'the tasks that a key may start in a day',
    invariant: 'keys spend what they may',
    file: 'packages/store/src/insert-runs.ts',
    find: '<= budget.left_over',
    replace: '<= budget.left_over + 1000000',
    suite: budget,
  },
  {
    name: 'the lock on what a key has left',
    invariant: 'keys spend what they may',
    file: 'packages/store/src/insert-runs.ts',
    find: 'AND k.daily_tasks IS NOT NULL ORDER BY k.id FOR UPDATE)',
    replace: 'AND k.daily_tasks IS NOT NULL ORDER BY k.id)',
    suite: budget,
  },
  {
    name: 'the hosts of a key, for the tasks of its runs',
    invariant: 'keys do what they may',
    file: 'packages/store/src/task-store.ts',
    find: "THEN '{}' ELSE k.domains END",
    replace: "THEN '{}' ELSE NULL END",
    suite: budget,
  },
  {
    name: 'that a key which is gone visits nothing',
    invariant: 'keys do what they may',
    file: 'packages/store/src/task-store.ts',
    find: 'CASE WHEN numbered.key_id IS NOT NULL AND k.id IS NULL THEN',
    replace: 'CASE WHEN false THEN',
    suite: budget,
  },
  {
    name: 'rows and files of others, for a key of one robot',
    invariant: 'keys do what they may',
    file: 'packages/store/src/may-use.ts',
    find: 'k.robot_id IS NULL OR k.robot_id =',
    replace: 'k.robot_id IS NULL OR k.robot_id = k.robot_id OR k.robot_id =',
    suite: rights,
  },
  {
    name: 'that an edit lifts no limits of a schedule',
    invariant: 'keys do what they may',
    file: 'apps/api/src/limited-key.ts',
    find: '? undefined : id',
    replace: '? id : id',
    suite: keys,
  },
  {
    name: 'that a stream ends with its key',
    invariant: 'keys end',
    file: 'apps/api/src/still-opens.ts',
    find: 'return key !== null && whyOver(key) === null;',
    replace: 'return key !== null;',
    suite: 'apps/api/test/events.test.ts',
  },
];
