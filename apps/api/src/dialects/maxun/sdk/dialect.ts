import type { ApiDeps } from '../../../deps';
import type { Dialect } from '../../../dialect';
import { pathsUnder } from '../../paths-under';
import { createOperations } from './create-routes';
import { problem } from './errors';
import { executeOperations } from './execute-routes';
import { missingOperations } from './missing-routes';
import { robotOperations } from './robot-routes';
import { runOperations } from './run-routes';
import { statusOperations } from './status-routes';

/** What Maxun's SDKs, its command line and its n8n node speak. */
export function maxunSdkDialect(deps: ApiDeps): Dialect {
  return {
    document: 'maxun',
    mounts: ['/api/sdk'],
    operations: [
      ...statusOperations(),
      ...createOperations(deps),
      ...robotOperations(deps),
      ...executeOperations(deps),
      ...runOperations(deps),
      ...missingOperations(),
    ],
    problem,
    owns: pathsUnder('/api/sdk'),
  };
}
