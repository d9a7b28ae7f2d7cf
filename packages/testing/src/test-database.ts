import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { sharedServices } from './services';

export const templateName = 'runnel_template';

export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

/** A database of one's own, brought up to date: a clone of the template, which takes a tenth of a second. */
export async function cloneDatabase(options: { empty?: boolean } = {}): Promise<TestDatabase> {
  // A suite that broke leaves its own behind: no name comes twice.
  const name = `test_${randomBytes(8).toString('hex')}`;
  await administer(`CREATE DATABASE ${name} TEMPLATE ${options.empty ? 'template0' : templateName}`);
  return {
    url: urlOf(name),
    drop: () => administer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

export function urlOf(database: string): string {
  const url = new URL(sharedServices().postgresUrl);
  url.pathname = `/${database}`;
  return url.href;
}

/** Runs one statement as the server's owner. */
export async function administer(statement: string): Promise<void> {
  const client = new Client({ connectionString: sharedServices().postgresUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
