import { Router } from 'express';
import type { ApiDeps } from '../../deps';
import { dataRoutes } from './data-routes';
import { eventRoutes } from './event-routes';
import { robotRoutes } from './robot-routes';
import { runRoutes } from './run-routes';

/** The Maxun dialect, and the home of what no other dialect names. */
export function maxunRoutes(deps: ApiDeps): Router {
  const router = Router();
  router.use(robotRoutes(deps));
  router.use(runRoutes(deps));
  router.use(dataRoutes(deps));
  router.use(eventRoutes(deps));
  return router;
}
