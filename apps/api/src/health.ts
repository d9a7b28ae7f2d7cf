import { Router } from 'express';
import type { ApiDeps } from './deps';

const patienceMs = 2_000;

/** `live`: this process answers. `ready`: it can also read the ledger. Neither needs a key. */
export function healthRoutes({ dataSource, logger }: ApiDeps): Router {
  const router = Router();
  router.get('/health/live', (_request, response) => void response.json({ status: 'ok' }));
  router.get('/health/ready', async (_request, response) => {
    const asked = dataSource.query('SELECT 1').then(
      () => true,
      (error: unknown) => {
        logger.warn({ err: error }, 'the ledger does not answer');
        return false;
      },
    );
    const late = new Promise<boolean>((resolve) => setTimeout(resolve, patienceMs, false).unref());
    const isReady = await Promise.race([asked, late]);
    response.status(isReady ? 200 : 503).json({ status: isReady ? 'ok' : 'unavailable', database: isReady });
  });
  return router;
}
