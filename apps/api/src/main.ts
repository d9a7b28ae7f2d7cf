import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { JobProducer } from '@runnel/queue';
import { runProcess, type ProcessParts } from '@runnel/runtime';
import {
  Dispatcher,
  ensureFirstSpace,
  openLedger,
  RunHistory,
  RunIntake,
  RunnableRobots,
  RunViews,
} from '@runnel/services';
import { RunSignals } from '@runnel/store';
import { createApp } from './app';
import { usualStreamTiming } from './client-stream';

/** Milliseconds. A client that is slower is cut off. */
const clientTimes = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 2_000,
  keepAliveTimeout: 65_000,
};

void runProcess('api', async ({ settings, logger, lifetime }: ProcessParts) => {
  const ledger = lifetime.owns(
    'ledger',
    await openLedger(settings, { poolSize: 20, application: 'runnel api' }),
    (opened) => opened.close(),
  );
  const newKey = await ensureFirstSpace(ledger.dataSource, settings.RUNNEL_API_KEY);
  if (newKey !== null) process.stdout.write(`The first API key, shown this once: ${newKey}\n`);
  const producer = lifetime.owns(
    'producer',
    new JobProducer(ledger.queue, (error) => logger.warn({ err: error }, 'queue')),
    (opened) => opened.close(),
  );
  const dispatcher = lifetime.owns(
    'dispatcher',
    new Dispatcher(ledger.dataSource, producer, (error) => logger.warn({ err: error }, 'dispatch')),
    (opened) => opened.close(),
  );
  const intake = lifetime.owns('intake', new RunIntake(ledger.dataSource, dispatcher), (opened) =>
    opened.close(),
  );
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
    stopping: stopping.signal,
  });
  const server = createServer(clientTimes, app);
  await listen(server, settings.PORT, settings.HOST);
  lifetime.owns('server', server, async (opened) => {
    stopping.abort();
    // A connection whose answer was under way is idle only after it.
    const idle = setInterval(() => opened.closeIdleConnections(), 50);
    await new Promise((resolve) => opened.close(resolve));
    clearInterval(idle);
  });
  const { port } = server.address() as AddressInfo;
  return { ready: true, port };
});

async function listen(server: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      reject(isTaken ? new Error(`Port ${port} is taken: set PORT to another one`) : error);
    });
    server.listen(port, host, resolve);
  });
}
