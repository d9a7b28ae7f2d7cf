import type { DataSource } from '@runnel/store';

interface Client {
  query(...given: unknown[]): unknown;
}

interface Pool {
  on(event: 'acquire', listener: (client: Client) => void): void;
}

/** Hears what an API asks its database. */
export class Statements {
  #heard: string[] = [];
  readonly #known = new WeakSet<Client>();

  constructor(dataSource: DataSource) {
    poolOf(dataSource).on('acquire', (client) => {
      if (this.#known.has(client)) return;
      this.#known.add(client);
      const query = client.query.bind(client);
      client.query = (...given) => {
        this.#hear(textOf(given[0]));
        return query(...given);
      };
    });
  }

  /** What is done, and the statements that it took; nothing else may be asked for meanwhile. */
  async during<T>(work: () => Promise<T>): Promise<{ result: T; texts: string[] }> {
    const heard: string[] = [];
    this.#heard = heard;
    const result = await work();
    return { result, texts: [...heard] };
  }

  #hear(text: string): void {
    // A key is looked up again when that was last done some seconds ago.
    if (!/api_keys/.test(text)) this.#heard.push(text);
  }
}

/** TypeORM's connections to Postgres are those of such a pool. */
function poolOf({ driver }: DataSource): Pool {
  return (driver as unknown as { master: Pool }).master;
}

/** A statement is a text, or an object that has one. */
function textOf(given: unknown): string {
  const text = typeof given === 'object' && given !== null && 'text' in given ? given.text : given;
  return typeof text === 'string' ? text : '';
}
