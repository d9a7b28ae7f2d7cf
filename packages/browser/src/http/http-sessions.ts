import type { Options, ParseHtml, Session, SessionExtras, SessionSource } from '@runnel/contracts';
import { HttpClient, type HttpClientOptions } from './http-client';
import { HttpSession } from './http-session';
import { Visitor } from './visitor';

interface HttpSessionsOptions extends HttpClientOptions {
  parseHtml: ParseHtml;
}

/** How a session reaches sites; it is given back once. */
interface Route {
  client: HttpClient;
  release: () => Promise<void>;
}

/** Sessions that read pages without a browser, over connections that all of them share. Who makes it closes it. */
export class HttpSessions implements SessionSource {
  readonly #client: HttpClient;
  readonly #sessions = new Set<HttpSession>();

  constructor(private readonly options: HttpSessionsOptions) {
    this.#client = new HttpClient(options);
  }

  async open(options: Options, signal: AbortSignal, extras: SessionExtras = {}): Promise<Session> {
    signal.throwIfAborted();
    const visitor = new Visitor(options, extras);
    if (extras.state) visitor.restore(extras.state);
    const { client, release } = await this.#route(options, extras);
    const { parseHtml } = this.options;
    const session = new HttpSession({ client, visitor, parseHtml, sessions: this.#sessions }, release);
    for (const name of visitor.leftOut) {
      session.warn(
        `the header ${JSON.stringify(name)} of options.headers is not sent: it is the connection's`,
      );
    }
    return session;
  }

  /** Ends every session, and every connection. */
  async close(): Promise<void> {
    await Promise.all([...this.#sessions].map((session) => session.close()));
    await this.#client.close();
  }

  /** A robot's own proxy has connections of its own; a recording answers without any. */
  async #route({ proxy }: Options, { domains = null }: SessionExtras): Promise<Route> {
    const { egress, tape } = this.options;
    if (proxy === null || egress === null || tape?.mode === 'replay') {
      return { client: this.#client, release: () => Promise.resolve() };
    }
    const gate = await egress.openGate({ upstream: proxy, domains });
    const client = new HttpClient({ ...this.options, gate });
    const release = async (): Promise<void> => {
      await client.close();
      await gate.close();
    };
    return { client, release };
  }
}
