import { Client } from 'pg';
import type { Verdict } from '../src/faults/crash-point';
import { FaultProxy } from '../src/faults/fault-proxy';
import { PostgresReader } from '../src/faults/postgres-reader';
import type { Answered } from '../src/faults/statement-reader';
import { cloneDatabase, type TestDatabase } from '../src';

describe('crash points in what a client says to Postgres', () => {
  let database: TestDatabase;
  let proxy: FaultProxy;
  let client: Client;
  let direct: Client;

  beforeAll(async () => {
    database = await cloneDatabase({ empty: true });
    direct = new Client({ connectionString: database.url });
    await direct.connect();
    await direct.query('CREATE TABLE things (name text PRIMARY KEY)');
  });

  afterAll(async () => {
    await direct.end();
    await database.drop();
  });

  beforeEach(async () => {
    await direct.query('TRUNCATE things');
    proxy = await FaultProxy.open(Number(new URL(database.url).port), () => new PostgresReader());
    client = await connected();
  });

  afterEach(async () => {
    await client.end().catch(() => null);
    await proxy.close();
  });

  const connected = async (): Promise<Client> => {
    const url = new URL(database.url);
    url.port = String(proxy.port);
    const opened = new Client({ connectionString: url.href });
    opened.on('error', () => null);
    await opened.connect();
    return opened;
  };
  const add = (name: string) =>
    client.query({ name: 'a-digest', text: 'INSERT INTO things VALUES ($1)', values: [name] });
  const things = async () =>
    (await direct.query<{ name: string }>('SELECT name FROM things ORDER BY name')).rows.map(
      ({ name }) => name,
    );
  const insert = /INSERT INTO things/;
  const verdict = (given: Verdict) => () => Promise.resolve(given);

  test('before a statement: the server never has it', async () => {
    const point = proxy.at({ statement: insert, when: 'before', nth: 1 }, verdict('drop'));
    await expect(add('one')).rejects.toThrow();
    expect(await point.reached).toBe(true);
    expect(await things()).toEqual([]);
  });

  test('after a statement: the server has done it, and the client does not know', async () => {
    const point = proxy.at({ statement: insert, when: 'after', nth: 1 }, verdict('drop'));
    await expect(add('one')).rejects.toThrow();
    expect(await point.reached).toBe(true);
    expect(await things()).toEqual(['one']);
  });

  test('finds a prepared statement that comes by its name alone, at the one that is counted', async () => {
    proxy.at({ statement: insert, when: 'before', nth: 3 }, verdict('drop'));
    await add('one');
    await add('two');
    await expect(add('three')).rejects.toThrow();
    expect(await things()).toEqual(['one', 'two']);
  });

  test('holds a statement back for as long as the deed takes, and tells what was seen meanwhile', async () => {
    const seen: string[][] = [];
    proxy.at({ statement: insert, when: 'before', nth: 1 }, async () => {
      seen.push(await things());
      return 'pass';
    });
    proxy.at({ statement: insert, when: 'after', nth: 1 }, async () => {
      seen.push(await things());
      return 'pass';
    });
    await add('one');
    expect(seen).toEqual([[], ['one']]);
  });

  test('knows a commit from what it commits', async () => {
    proxy.at({ statement: /^COMMIT/, when: 'before', nth: 1 }, verdict('drop'));
    await client.query('BEGIN');
    await add('one');
    await expect(client.query('COMMIT')).rejects.toThrow();
    expect(await things()).toEqual([]);
  });

  test('knows the names of each connection for itself', async () => {
    const other = await connected();
    const text = 'SELECT 1 AS other WHERE $1::int = 1';
    await add('one');
    await other.query({ name: 'a-digest', text, values: [1] });
    const point = proxy.at({ statement: /AS other/, when: 'before', nth: 1 }, verdict('drop'));
    await add('two');
    await expect(other.query({ name: 'a-digest', text, values: [1] })).rejects.toThrow();
    expect(await point.reached).toBe(true);
    expect(await things()).toEqual(['one', 'two']);
  });

  test('tells how each statement was answered, however large its messages are', async () => {
    const answered: Answered[] = [];
    proxy.onAnswer = (each) => void answered.push(each);
    const large = 'x'.repeat(300_000);
    const { rows } = await client.query<{ large: string }>('SELECT $1::text AS large', [large]);
    expect(rows[0]?.large).toBe(large);
    await client.query('DELETE FROM things');
    await client.query('SELECT nothing').catch(() => null);
    expect(answered).toEqual([
      { statement: 'SELECT $1::text AS large', tag: 'SELECT 1' },
      { statement: 'DELETE FROM things', tag: 'DELETE 0' },
      { statement: 'SELECT nothing', tag: 'ERROR' },
    ]);
  });
});
