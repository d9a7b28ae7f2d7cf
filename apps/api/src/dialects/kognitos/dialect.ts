import type { ApiDeps } from '../../deps';
import type { Dialect } from '../../dialect';
import { pathsUnder } from '../paths-under';
import { problem } from './errors';
import { fileOperations } from './file-routes';
import { healthOperations } from './health-routes';
import { processOperations } from './process-routes';
import { runOperations } from './run-routes';
import { startOperations } from './start-routes';

/** Kognitos' runs of processes: an agent is a space, a process is a robot. */
export function kognitosDialect(deps: ApiDeps): Dialect {
  return {
    document: 'kognitos',
    mounts: ['', '/v2'],
    operations: [
      ...startOperations(deps),
      ...runOperations(deps),
      ...processOperations(deps),
      ...fileOperations(deps),
      ...healthOperations(),
    ],
    problem,
    owns: pathsUnder('/v2', '/runs', '/processes', '/files', '/health'),
  };
}
