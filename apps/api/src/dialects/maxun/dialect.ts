import type { ApiDeps } from '../../deps';
import type { Dialect } from '../../dialect';
import { pathsUnder } from '../paths-under';
import { artifactOperations } from './artifact-routes';
import { dataOperations } from './data-routes';
import { problem } from './errors';
import { eventOperations } from './event-routes';
import { fileOperations } from './file-routes';
import { keyOperations } from './key-routes';
import { loginOperations } from './login-routes';
import { robotOperations } from './robot-routes';
import { runOperations } from './run-routes';
import { scheduleOperations } from './schedule-routes';
import { secretOperations } from './secret-routes';
import { spaceOperations } from './space-routes';
import { startOperations } from './start-routes';
import { taskOperations } from './task-routes';
import { versionOperations } from './version-routes';

/** Maxun's robots and runs, and the home of what no other dialect names. */
export function maxunDialect(deps: ApiDeps): Dialect {
  return {
    document: 'maxun',
    mounts: ['/api'],
    operations: [
      ...robotOperations(deps),
      ...versionOperations(deps),
      ...loginOperations(deps),
      ...scheduleOperations(deps),
      ...startOperations(deps),
      ...runOperations(deps),
      ...taskOperations(deps),
      ...dataOperations(deps),
      ...artifactOperations(deps),
      ...eventOperations(deps),
      ...fileOperations(deps),
      ...secretOperations(deps),
      ...spaceOperations(deps),
      ...keyOperations(deps),
    ],
    problem,
    owns: pathsUnder('/api'),
  };
}
