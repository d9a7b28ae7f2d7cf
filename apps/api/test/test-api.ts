import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { JobProducer } from '@runnel/queue';
import { createLogger } from '@runnel/runtime';
import {
  Dispatcher,
  ensureFirstSpace,
  RunHistory,
  RunIntake,
  RunnableRobots,
  RunViews,
  Vault,
} from '@runnel/services';
import { openDataSource, RateStore, RunSignals, type DataSource } from '@runnel/store';
import { aDocument, cloneDatabase, secretKey, testEgress, TestClient } from '@runnel/testing';
import { createApp } from '../src/app';
import { usualStreamTiming, type StreamTiming } from '../src/client-stream';
import { RateCounts } from '../src/rate/rate-counts';
import { rateLimits } from '../src/rate/rate-limits';

export type Body = Record<string, any>;

export const key = 'rk_a-key-that-the-test-knows';

export interface TestApi {
  url: string;
  databaseUrl: string;
  app: Express;
  client: TestClient;
  /** Of the API; and one beside it, which reaches the database whatever the API does. */
  dataSource: DataSource;
  beside: DataSource;
  signals: RunSignals;
  /** Tells all who wait or follow that the API stops. */
  stop(): void;
  /** Makes a robot of a valid definition with these parts, and gives its id. */
  aRobot(parts?: Body): Promise<string>;
  close(): Promise<void>;
}

export interface TestApiOptions {
  /** By which way the API reaches its database; else straight. */
  reach?: (databaseUrl: string) => Promise<{ pool: string; signals: string }>;
  streamTiming?: Partial<StreamTiming>;
  /** Requests in a minute; else any number. */
  rateLimit?: number;
  trustProxy?: number;
  corsOrigins?: string[];
  publicUrl?: string;
  /** Null: none, as where no secret key is set; else one with a key of the tests. */
  vault?: Vault | null;
  /** A database that another one has; else one of its own. */
  databaseUrl?: string;
}

/** The API on a database of its own. */
export async function startTestApi(options: TestApiOptions = {}): Promise<TestApi> {
  const { databaseUrl } = options;
  const database = databaseUrl === undefined ? await cloneDatabase() : { url: databaseUrl, drop: () => null };
  const reach = (await options.reach?.(database.url)) ?? { pool: database.url, signals: database.url };
  const dataSource = await openDataSource({ url: reach.pool, poolSize: 10, application: 'test' });
  const beside = await openDataSource({ url: database.url, poolSize: 3, application: 'beside' });
  await ensureFirstSpace(dataSource, key);
  const producer = new JobProducer({ databaseUrl: database.url, redisUrl: null }, () => undefined);
  const dispatcher = new Dispatcher(dataSource, producer, () => undefined);
  const intake = new RunIntake(dataSource, dispatcher);
  const signals = await RunSignals.open(reach.signals);
  const stopping = new AbortController();
  const logger = createLogger('test', 'silent');
  const robots = new RunnableRobots(dataSource);
  const counts = new RateCounts(new RateStore(dataSource.manager), () => null);
  const app = createApp({
    dataSource,
    intake,
    robots,
    dispatcher,
    signals,
    views: new RunViews(dataSource),
    history: new RunHistory(dataSource, signals),
    streamTiming: { ...usualStreamTiming, ...options.streamTiming },
    logger,
    publicUrl: options.publicUrl ?? null,
    limits: rateLimits(counts, options.rateLimit ?? 0),
    trustProxy: options.trustProxy ?? 0,
    corsOrigins: options.corsOrigins ?? [],
    egress: testEgress(),
    vault: options.vault === undefined ? Vault.parse(secretKey) : options.vault,
    stopping: stopping.signal,
  });
  const server = createServer({ keepAliveTimeout: 65_000 }, app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new TestClient(url, key);
  return {
    url,
    databaseUrl: database.url,
    app,
    client,
    dataSource,
    beside,
    signals,
    stop: () => stopping.abort(),
    aRobot: async (parts = {}) => {
      const { body } = await client.post<Body>('/api/robots', {
        name: '10 post link tree',
        definition: aDocument(parts),
      });
      return body.robot.id;
    },
    close: async () => {
      await closeServer(server);
      await counts.close();
      await intake.close();
      await dispatcher.close();
      await signals.close();
      await producer.close();
      await dataSource.destroy();
      await beside.destroy();
      await database.drop();
    },
  };
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
