import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { JobProducer } from '@runnel/queue';
import { createLogger } from '@runnel/runtime';
import { ensureFirstSpace, RunIntake, RunnableRobots } from '@runnel/services';
import { openDataSource, RunSignals, type DataSource } from '@runnel/store';
import { aDocument, cloneDatabase, TestClient } from '@runnel/testing';
import { createApp } from '../src/app';

export type Body = Record<string, any>;

export const key = 'rk_a-key-that-the-test-knows';

export interface TestApi {
  url: string;
  client: TestClient;
  dataSource: DataSource;
  /** Makes a robot of a valid definition with these parts, and gives its id. */
  aRobot(parts?: Body): Promise<string>;
  close(): Promise<void>;
}

/** The API on a database of its own. */
export async function startTestApi(): Promise<TestApi> {
  const database = await cloneDatabase();
  const dataSource = await openDataSource({ url: database.url, poolSize: 10, application: 'test' });
  await ensureFirstSpace(dataSource, key);
  const producer = new JobProducer({ databaseUrl: database.url, redisUrl: null }, () => undefined);
  const intake = new RunIntake(dataSource, producer);
  const signals = await RunSignals.open(database.url);
  const stopping = new AbortController().signal;
  const logger = createLogger('test', 'silent');
  const robots = new RunnableRobots(dataSource);
  const app = createApp({ dataSource, intake, robots, signals, logger, publicUrl: null, stopping });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new TestClient(url, key);
  return {
    url,
    client,
    dataSource,
    aRobot: async (parts = {}) => {
      const { body } = await client.post<Body>('/api/robots', {
        name: '10 post link tree',
        definition: aDocument(parts),
      });
      return body.robot.id;
    },
    close: async () => {
      await closeServer(server);
      await intake.close();
      await signals.close();
      await producer.close();
      await dataSource.destroy();
      await database.drop();
    },
  };
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
