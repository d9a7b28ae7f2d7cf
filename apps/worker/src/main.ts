import { randomBytes } from 'node:crypto';
import { hostname, tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { BrowserPool, HttpSessions } from '@runnel/browser';
import { openEgress } from '@runnel/egress';
import { parseHtml } from '@runnel/extraction';
import { JobConsumer, JobProducer } from '@runnel/queue';
import { concurrencyFor, containerLimits, runProcess, serveHealth, type ProcessParts } from '@runnel/runtime';
import { Dispatcher, openLedger, openVault } from '@runnel/services';
import { hearAborts } from '@runnel/store';
import { executeTask, type WorkerDeps } from './execute-task';
import type { RunningAttempt } from './running-attempt';

const queuePatienceMs = 3_000;
/** What a stopping worker may take beyond the grace time to end its attempts. */
const afterGraceMs = 10_000;

void runProcess('worker', async (parts: ProcessParts) => {
  const { settings, logger, lifetime } = parts;
  const concurrency = settings.WORKER_CONCURRENCY ?? concurrencyFor(await containerLimits());
  const { sessions, ledger, dispatcher } = await openResources(parts, concurrency);
  const attempts = new Set<RunningAttempt>();
  const aborts = await hearAborts(ledger.url, {
    running: () => [...attempts].map(({ runId }) => runId),
    aborted: (runId) => stopAttempts(attempts, runId),
  });
  lifetime.owns('aborts', aborts, (opened) => opened.close());
  const workerId = `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
  const leaseMs = settings.RUNNEL_LEASE_MS;
  const deps: WorkerDeps = {
    dataSource: ledger.dataSource,
    sessions,
    vault: await openVault(settings),
    dispatcher,
    logger,
    workerId,
    leaseMs,
    attempts,
  };
  const consumer = new JobConsumer(ledger.queue, {
    concurrency,
    leaseMs,
    process: (job) => executeTask(deps, job),
    onError: (error) => logger.warn({ err: error }, 'queue'),
  });
  lifetime.ownsSlow('consumer', consumer, {
    close: (opened) => drain(opened, attempts, settings.RUNNEL_GRACE_MS),
    limitMs: settings.RUNNEL_GRACE_MS + afterGraceMs,
  });
  if (settings.RUNNEL_HEALTH_PORT !== null) {
    const server = await serveHealth(settings.RUNNEL_HEALTH_PORT, () =>
      ledger.dataSource.query('SELECT 1').then(
        () => true,
        () => false,
      ),
    );
    lifetime.owns('health server', server, (opened) => void opened.close());
  }
  logger.info(
    { workerId, concurrency, queue: settings.REDIS_URL === null ? 'postgres' : 'redis' },
    'takes tasks',
  );
  return { ready: true };
});

async function openResources({ settings, logger, lifetime }: ProcessParts, concurrency: number) {
  const egress = openEgress(settings);
  const browser = lifetime.owns(
    'browser',
    await BrowserPool.start({
      egress,
      warn: (message) => logger.warn(message),
      executablePath: settings.PUPPETEER_EXECUTABLE_PATH,
      searchPath: settings.PATH,
      profilesFolder: tmpdir(),
    }),
    (pool) => pool.close(),
  );
  const http = lifetime.owns('http', new HttpSessions({ parseHtml, egress }), (opened) => opened.close());
  const ledger = lifetime.owns(
    'ledger',
    await openLedger(settings, { poolSize: concurrency + 3, application: 'runnel worker' }),
    (opened) => opened.close(),
  );
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
  return { sessions: { browser, http }, ledger, dispatcher };
}

/** No new tasks; the running ones may end within the grace time, then they are given back. */
async function drain(consumer: JobConsumer, attempts: Set<RunningAttempt>, graceMs: number): Promise<void> {
  const giveBack = setTimeout(() => {
    for (const attempt of attempts) attempt.stop('drain');
  }, graceMs);
  await Promise.race([consumer.close(), ended(attempts)]);
  clearTimeout(giveBack);
}

function stopAttempts(attempts: Set<RunningAttempt>, runId: string): void {
  for (const attempt of attempts) if (attempt.runId === runId) attempt.stop('aborted');
}

/** Some time after the last attempt: a queue that is away must not hold up a worker that has nothing to do. */
async function ended(attempts: Set<RunningAttempt>): Promise<void> {
  while (attempts.size > 0) await sleep(100);
  await sleep(queuePatienceMs);
}
