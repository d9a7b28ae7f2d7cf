import { Router } from 'express';
import type { ApiDeps } from './deps';

const patienceMs = 2_000;

/** `live`: this process answers. `ready`: it can also read the ledger. Neither needs a key. */
export function healthRoutes({ dataSource, logger }: ApiDeps): Router {
  const router = Router();
  let asking: Promise<boolean> | null = null;
  router.get('/health/live', (_request, response) => void response.json({ status: 'ok' }));
  router.get('/health/ready', async (_request, response) => {
    asking ??= ask();
    const late = new Promise<boolean>((resolve) => setTimeout(resolve, patienceMs, false).unref());
    const isReady = await Promise.race([asking, late]);
    response.status(isReady ? 200 : 503).json({ status: isReady ? 'ok' : 'unavailable', database: isReady });
  });
  return router;

  /** Nobody is refused here, so those who ask together are answered by one statement. */
  async function ask(): Promise<boolean> {
    try {
      await dataSource.query('SELECT 1');
      return true;
    } catch (error) {
      logger.warn({ err: error }, 'the ledger does not answer');
      return false;
    } finally {
      asking = null;
    }
  }
}
