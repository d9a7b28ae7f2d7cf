import type { ApiDeps } from '../../deps';
import type { Dialect } from '../../dialect';
import { pathsUnder } from '../paths-under';
import { agentOperations } from './agent-routes';
import { createOperations } from './create-routes';
import { problem } from './errors';
import { runOperations } from './run-routes';
import { spaceOperations } from './space-routes';
import { taskOperations } from './task-routes';

/** Unpod's runs and tasks of a space. */
export function unpodDialect(deps: ApiDeps): Dialect {
  return {
    document: 'unpod',
    mounts: ['/api/v2/platform'],
    operations: [
      ...spaceOperations(deps),
      ...runOperations(deps),
      ...taskOperations(deps),
      ...createOperations(deps),
      ...agentOperations(deps),
    ],
    problem,
    owns: pathsUnder('/api/v2/platform'),
  };
}
