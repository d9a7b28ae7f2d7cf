import type { ApiDeps } from '../../deps';
import type { Dialect } from '../../dialect';
import { pathsUnder } from '../paths-under';
import { batchRoutes } from './batch-routes';
import { problem } from './errors';
import { flowRoutes } from './flow-routes';
import { resultRoutes } from './result-routes';
import { scheduleMomentRoutes } from './schedule-moment-routes';
import { scheduleRoutes } from './schedule-routes';
import { scheduleRunRoutes } from './schedule-run-routes';
import { scheduleStateRoutes } from './schedule-state-routes';

/** Robots as flows, runs as batches, and tasks as results; schedules, and their fires as schedule runs. */
export function runtypeDialect(deps: ApiDeps): Dialect {
  return {
    document: 'runtype',
    mounts: ['/v1'],
    // The first that fits serves: a path with a fixed word stands before one with an id in its place.
    operations: [
      ...resultRoutes(deps),
      ...scheduleRunRoutes(deps),
      ...scheduleMomentRoutes(deps),
      ...scheduleStateRoutes(deps),
      ...scheduleRoutes(deps),
      ...batchRoutes(deps),
      ...flowRoutes(deps),
    ],
    problem,
    owns: pathsUnder('/v1'),
  };
}
