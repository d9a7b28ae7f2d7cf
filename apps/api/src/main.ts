import { openEgress } from '@runnel/egress';
import { JobProducer } from '@runnel/queue';
import { runProcess, type ProcessParts } from '@runnel/runtime';
import {
  Dispatcher,
  ensureFirstSpace,
  openLedger,
  type Ledger,
  openVault,
  RunHistory,
  RunIntake,
  RunnableRobots,
  RunViews,
} from '@runnel/services';
import { RateStore, RunSignals } from '@runnel/store';
import { ApiServer } from './api-server';
import { createApp } from './app';
import { usualStreamTiming } from './client-stream';
import { RateCounts } from './rate/rate-counts';
import { rateLimits } from './rate/rate-limits';

void runProcess('api', async ({ settings, logger, lifetime }: ProcessParts) => {
  const vault = await openVault(settings);
  const ledger = lifetime.owns(
    'ledger',
    await openLedger(settings, { poolSize: 20, application: 'runnel api' }),
    (opened) => opened.close(),
  );
  const newKey = await ensureFirstSpace(ledger.dataSource, settings.RUNNEL_API_KEY);
  if (newKey !== null) process.stdout.write(`The first API key, shown this once: ${newKey}\n`);
  const { dispatcher, intake } = openIntake(ledger, { logger, lifetime });
  const signals = lifetime.owns('signals', await RunSignals.open(ledger.url), (opened) => opened.close());
  const stopping = new AbortController();
  const app = createApp({
    dataSource: ledger.dataSource,
    intake,
    robots: new RunnableRobots(ledger.dataSource),
    dispatcher,
    signals,
    views: new RunViews(ledger.dataSource),
    history: new RunHistory(ledger.dataSource, signals),
    streamTiming: usualStreamTiming,
    logger,
    publicUrl: settings.RUNNEL_PUBLIC_URL,
    limits: rateLimits(openCounts(ledger, { logger, lifetime }), settings.RUNNEL_RATE_LIMIT),
    trustProxy: settings.RUNNEL_TRUST_PROXY,
    corsOrigins: settings.RUNNEL_CORS_ORIGINS,
    egress: openEgress(settings),
    vault,
    stopping: stopping.signal,
  });
  const { PORT: port, HOST: host } = settings;
  const server = lifetime.owns('server', await ApiServer.listen(app, { port, host }), async (opened) => {
    stopping.abort();
    await opened.close();
  });
  return { ready: true, port: server.port };
});

type Parts = Pick<ProcessParts, 'logger' | 'lifetime'>;

/** What takes runs in, and tells workers of them. */
function openIntake({ dataSource, queue }: Ledger, { logger, lifetime }: Parts) {
  const producer = lifetime.owns(
    'producer',
    new JobProducer(queue, (error) => logger.warn({ err: error }, 'queue')),
    (opened) => opened.close(),
  );
  const dispatcher = lifetime.owns(
    'dispatcher',
    new Dispatcher(dataSource, producer, (error) => logger.warn({ err: error }, 'dispatch')),
    (opened) => opened.close(),
  );
  const intake = lifetime.owns('intake', new RunIntake(dataSource, dispatcher), (opened) => opened.close());
  return { dispatcher, intake };
}

function openCounts({ dataSource }: Ledger, { logger, lifetime }: Parts): RateCounts {
  return lifetime.owns(
    'rate counts',
    new RateCounts(new RateStore(dataSource.manager), (error) =>
      logger.warn({ err: error }, 'requests are counted here alone'),
    ),
    (opened) => opened.close(),
  );
}
