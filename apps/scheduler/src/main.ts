import { JobProducer } from '@runnel/queue';
import { runProcess, serveHealth, type ProcessParts } from '@runnel/runtime';
import { Dispatcher, openLedger, prune, recoverTasks } from '@runnel/services';
import { repeat } from './repeat';

const sweepMs = 1_000;
const pruneMs = 60_000;
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
  const onError = (error: unknown) => logger.error({ err: error }, 'a task could not be recovered');
  const dispatcher = new Dispatcher(ledger.dataSource, producer, onError);
  let sweptAt = Date.now();
  // Any number of schedulers may do both at once: the database decides who acts.
  const sweeping = repeat(sweep, {
    pauseMs: sweepMs,
    onError: (error) => logger.error({ err: error }, 'the sweep failed; it goes on'),
  });
  lifetime.owns('sweep', sweeping, (opened) => opened.stop());
  const pruning = repeat(tidy, { pauseMs: pruneMs, onError: cannotPrune });
  lifetime.owns('pruning', pruning, (opened) => opened.stop());
  if (settings.RUNNEL_HEALTH_PORT !== null) {
    const server = await serveHealth(
      settings.RUNNEL_HEALTH_PORT,
      () => Date.now() - sweptAt < unhealthyAfterMs,
    );
    lifetime.owns('health server', server, (opened) => void opened.close());
  }
  return { ready: true };

  async function sweep(): Promise<void> {
    const { lost, dispatched } = await recoverTasks({ dataSource: ledger.dataSource, dispatcher, onError });
    // A task that only waits for a free worker is told to the queue again and again.
    if (lost > 0) logger.info({ lost }, 'took tasks back from lost workers');
    if (dispatched > 0) logger.debug({ dispatched }, 'told the queue of tasks again');
    sweptAt = Date.now();
  }

  async function tidy(signal: AbortSignal): Promise<void> {
    const pruned = await prune({ dataSource: ledger.dataSource, signal, onError: cannotPrune });
    if (Object.values(pruned).some((count) => count > 0)) logger.info(pruned, 'pruned');
  }

  function cannotPrune(error: unknown): void {
    logger.error({ err: error }, 'pruning failed; it goes on');
  }
});
