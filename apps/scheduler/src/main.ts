import { setTimeout as sleep } from 'node:timers/promises';
import { JobProducer } from '@runnel/queue';
import { runProcess, serveHealth, type ProcessParts } from '@runnel/runtime';
import { openLedger, recoverTasks } from '@runnel/services';

const sweepMs = 1_000;
const unhealthyAfterMs = 30_000;

void runProcess('scheduler', async ({ settings, logger, lifetime }: ProcessParts) => {
  const ledger = lifetime.owns(
    'ledger',
    await openLedger(settings, { poolSize: 3, application: 'runnel scheduler' }),
    (opened) => opened.close(),
  );
  const producer = lifetime.owns(
    'producer',
    new JobProducer(ledger.queue, (error) => logger.warn({ err: error }, 'queue')),
    (opened) => opened.close(),
  );
  let sweptAt = Date.now();
  const stop = new AbortController();
  const sweeping = sweep();
  lifetime.owns('sweep', stop, async () => {
    stop.abort();
    await sweeping;
  });
  if (settings.RUNNEL_HEALTH_PORT !== null) {
    const server = await serveHealth(
      settings.RUNNEL_HEALTH_PORT,
      () => Date.now() - sweptAt < unhealthyAfterMs,
    );
    lifetime.owns('health server', server, (opened) => void opened.close());
  }
  return { ready: true };

  /** Any number of schedulers may sweep at once: the database decides who acts. */
  async function sweep(): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        const { lost, dispatched } = await recoverTasks({
          dataSource: ledger.dataSource,
          producer,
          onError: (error) => logger.error({ err: error }, 'a task could not be recovered'),
        });
        // A task that only waits for a free worker is told to the queue again and again.
        if (lost > 0) logger.info({ lost }, 'took tasks back from lost workers');
        if (dispatched > 0) logger.debug({ dispatched }, 'told the queue of tasks again');
        sweptAt = Date.now();
      } catch (error) {
        logger.error({ err: error }, 'the sweep failed; it goes on');
      }
      await sleep(sweepMs, undefined, { signal: stop.signal }).catch(() => null);
    }
  }
});
