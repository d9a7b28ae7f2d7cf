import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedDatabase } from '@runnel/embedded';
import { migrateQueue } from '@runnel/queue';
import { migrate, openDataSource } from '@runnel/store';
import { findRedis } from './private-redis';
import { shareServices } from './services';
import { administer, templateName, urlOf } from './test-database';

declare global {
  var endServices: (() => Promise<void>) | undefined;
}

/** Starts what the suites share: a Postgres of their own, and, where it can be had, the program of a Redis. */
export default async function setup(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'runnel-test-'));
  const database = await openEmbeddedDatabase({ dataDir, durable: false });
  // While somebody is connected, the database stays; a pool lets go of what is idle.
  const keepAlive = await openDataSource({ url: database.url, poolSize: 1, application: 'test' });
  await keepAlive.createQueryRunner().connect();
  globalThis.endServices = async () => {
    await keepAlive.destroy();
    await database.close();
    await rm(dataDir, { recursive: true, force: true });
  };
  const redis = findRedis();
  if ('missing' in redis) tellMissing(redis.missing);
  shareServices({ postgresUrl: database.url, redisCommand: 'command' in redis ? redis.command : null });
  await makeTemplate();
}

async function makeTemplate(): Promise<void> {
  await administer(`CREATE DATABASE ${templateName}`);
  const url = urlOf(templateName);
  const dataSource = await openDataSource({ url, poolSize: 2, application: 'test' });
  await migrate(dataSource);
  await migrateQueue({ databaseUrl: url, redisUrl: null });
  await dataSource.destroy();
}

function tellMissing(reason: string): void {
  if (process.env['CI']) throw new Error(`The suites on Redis cannot run: ${reason}`);
  const bar = '!'.repeat(79);
  process.stderr.write(`\n${bar}\nThe suites on Redis are SKIPPED: ${reason}\n${bar}\n`);
}
