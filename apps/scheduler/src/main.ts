import { JobProducer } from '@runnel/queue';
import { runProcess, serveHealth, type ProcessParts } from '@runnel/runtime';
import { Dispatcher, openLedger, RunnableRobots } from '@runnel/services';
import { dutiesOf } from './duties';
import { repeat } from './repeat';

const unhealthyAfterMs = 30_000;

void runProcess('scheduler', async ({ settings, logger, lifetime }: ProcessParts) => {
  const ledger = lifetime.owns(
    'ledger',
    await openLedger(settings, { poolSize: 6, application: 'runnel scheduler' }),
    (opened) => opened.close(),
  );
  const producer = lifetime.owns(
    'producer',
    new JobProducer(ledger.queue, (error) => logger.warn({ err: error }, 'queue')),
    (opened) => opened.close(),
  );
  const { dataSource } = ledger;
  const dispatcher = lifetime.owns(
    'dispatcher',
    new Dispatcher(dataSource, producer, (error) => logger.warn({ err: error }, 'dispatch')),
    (opened) => opened.close(),
  );
  const robots = new RunnableRobots(dataSource);
  const duties = lifetime.owns('duties', dutiesOf({ dataSource, dispatcher, robots }, logger), (opened) =>
    opened.close(),
  );
  const done = { sweep: Date.now(), fire: Date.now() };
  const always = (name: 'sweep' | 'fire' | 'tidy') => {
    const work = async (signal: AbortSignal): Promise<number> => {
      const pauseMs = await duties[name](signal);
      if (name !== 'tidy') done[name] = Date.now();
      return pauseMs;
    };
    const onError = (error: unknown) => logger.error({ err: error }, `${name} failed; it goes on`);
    lifetime.owns(name, repeat(work, onError), (opened) => opened.stop());
  };
  always('sweep');
  always('fire');
  always('tidy');
  if (settings.RUNNEL_HEALTH_PORT !== null) {
    const server = await serveHealth(settings.RUNNEL_HEALTH_PORT, () =>
      Object.values(done).every((at) => Date.now() - at < unhealthyAfterMs),
    );
    lifetime.owns('health server', server, (opened) => void opened.close());
  }
  return { ready: true };
});
