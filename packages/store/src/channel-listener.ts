import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

export interface ListenerTiming {
  /** Between two looks for what was missed. */
  lookMs: number;
  /** A connection that takes longer to answer is taken for dead. */
  answerMs: number;
  /** Before a lost connection is made again. */
  reconnectMs: number;
}

const usualTiming: ListenerTiming = { lookMs: 3_000, answerMs: 3_000, reconnectMs: 500 };

/** Asks one question on the connection that listens. */
export type Ask = <Row>(statement: string, values: unknown[]) => Promise<Row[]>;

export interface Listening {
  url: string;
  channel: string;
  /** Shown by Postgres beside the connection. */
  application: string;
  /** Told of each notification. */
  heard: (payload: string) => void;
  /** Finds what was missed, after each connect and every few seconds. Its question proves that the connection lives. */
  look: (ask: Ask) => Promise<void>;
  timing?: Partial<ListenerTiming>;
}

interface Connection {
  client: Client;
  socket: Socket;
  /** Ends with the connection. */
  over: AbortSignal;
}

/** Listens on a channel of Postgres until it is closed, over one connection that is made again when it is lost. */
export class ChannelListener {
  readonly #closing = new AbortController();
  readonly #timing: ListenerTiming;
  #kept: Promise<void> = Promise.resolve();
  #socket: Socket | null = null;

  private constructor(private readonly listening: Listening) {
    this.#timing = { ...usualTiming, ...listening.timing };
  }

  /** Whoever opens it closes it. @throws when the server is not there now */
  static async open(listening: Listening): Promise<ChannelListener> {
    const listener = new ChannelListener(listening);
    listener.#kept = listener.#keep(await listener.#connect());
    return listener;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#socket?.destroy();
    await this.#kept;
  }

  /** One loop, so there is one connection at a time, however often the server goes away. */
  async #keep(first: Connection): Promise<void> {
    const { signal } = this.#closing;
    let connection: Connection | null = first;
    for (;;) {
      if (connection) await this.#serve(connection);
      await sleep(this.#timing.reconnectMs, undefined, { signal }).catch(() => null);
      if (signal.aborted) return;
      connection = await this.#connect().catch(() => null);
    }
  }

  async #serve({ client, socket, over }: Connection): Promise<void> {
    const ask: Ask = async <Row>(statement: string, values: unknown[]) =>
      (await client.query(statement, values)).rows as Row[];
    try {
      for (;;) {
        await this.listening.look(ask);
        await sleep(this.#timing.lookMs, undefined, { signal: over });
      }
    } catch {
      // Lost, or half open: whatever it is, the next connection looks again.
    } finally {
      socket.destroy();
    }
  }

  async #connect(): Promise<Connection> {
    const { url, channel, application, heard } = this.listening;
    const { answerMs } = this.#timing;
    const socket = new Socket();
    this.#socket = socket;
    const client = new Client({
      connectionString: url,
      application_name: application,
      keepAlive: true,
      connectionTimeoutMillis: answerMs,
      query_timeout: answerMs,
      // A half open connection ends by this alone: the client's own end waits for the server.
      stream: () => socket,
    });
    const over = new AbortController();
    client.once('end', () => over.abort());
    // Without a listener an error would end the process; 'end' follows it.
    client.on('error', () => null);
    client.on('notification', ({ payload = '' }) => heard(payload));
    try {
      await client.connect();
      await client.query(`LISTEN ${channel}`);
    } catch (error) {
      socket.destroy();
      throw error;
    }
    return { client, socket, over: over.signal };
  }
}
