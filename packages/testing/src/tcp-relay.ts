import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

interface Pair {
  client: Socket;
  server: Socket;
  isSilent: boolean;
  isCut: boolean;
}

/** Stands between a client and a server, and may be in their way. Whoever starts it closes it. */
export class TcpRelay {
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #isSilent = false;
  #cut: { text: string; done: () => void } | null = null;
  #port = 0;

  private constructor(private readonly target: URL) {
    this.#server = createServer((client) => this.#join(client));
  }

  static async start(target: string): Promise<TcpRelay> {
    const relay = new TcpRelay(new URL(target));
    await relay.accept();
    return relay;
  }

  /** The server's address by way of the relay. */
  get url(): string {
    const url = new URL(this.target);
    url.host = `127.0.0.1:${this.#port}`;
    return url.href;
  }

  /** Takes connections, again. */
  async accept(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Ends all connections and takes no new ones. */
  async refuse(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const pair of [...this.#pairs]) this.#end(pair);
    await closed;
  }

  /** Nothing passes on the connections that are open now, and nobody is told. With `newOnes`, on later ones neither. */
  blackHole({ newOnes } = { newOnes: false }): void {
    this.#isSilent = newOnes;
    for (const pair of this.#pairs) pair.isSilent = true;
  }

  /** When a client next says `text`, the server does it, and the connection ends before the client has the answer. */
  cutAfter(text: string): Promise<void> {
    return new Promise((done) => {
      this.#cut = { text, done };
    });
  }

  close(): Promise<void> {
    return this.refuse();
  }

  #join(client: Socket): void {
    const server = connect(Number(this.target.port), this.target.hostname);
    const pair: Pair = { client, server, isSilent: this.#isSilent, isCut: false };
    this.#pairs.add(pair);
    client.on('data', (bytes) => {
      if (this.#cut && bytes.includes(this.#cut.text)) pair.isCut = true;
      if (!pair.isSilent) server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (pair.isCut) this.#endCut(pair);
      else if (!pair.isSilent) client.write(bytes);
    });
    for (const socket of [client, server]) {
      socket.on('error', () => undefined);
      socket.on('close', () => !pair.isSilent && this.#end(pair));
    }
  }

  #endCut(pair: Pair): void {
    this.#end(pair);
    this.#cut?.done();
    this.#cut = null;
  }

  #end(pair: Pair): void {
    this.#pairs.delete(pair);
    pair.client.destroy();
    pair.server.destroy();
  }
}
