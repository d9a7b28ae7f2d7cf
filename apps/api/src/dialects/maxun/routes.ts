import { Router } from 'express';
import type { ApiDeps } from '../../deps';
import { artifactRoutes } from './artifact-routes';
import { dataRoutes } from './data-routes';
import { eventRoutes } from './event-routes';
import { fileRoutes } from './file-routes';
import { removalRoutes } from './removal-routes';
import { robotRoutes } from './robot-routes';
import { runRoutes } from './run-routes';
import { startRoutes } from './start-routes';
import { taskRoutes } from './task-routes';

/** The Maxun dialect, and the home of what no other dialect names. */
export function maxunRoutes(deps: ApiDeps): Router {
  const router = Router();
  router.use(robotRoutes(deps));
  router.use(startRoutes(deps));
  router.use(runRoutes(deps));
  router.use(removalRoutes(deps));
  router.use(taskRoutes(deps));
  router.use(dataRoutes(deps));
  router.use(artifactRoutes(deps));
  router.use(eventRoutes(deps));
  router.use(fileRoutes(deps));
  return router;
}
