import type { Options, ParseHtml, Session, SessionSource } from '@runnel/contracts';
import { HttpClient, type HttpClientOptions } from './http-client';
import { HttpSession } from './http-session';
import { Visitor } from './visitor';

interface HttpSessionsOptions extends HttpClientOptions {
  parseHtml: ParseHtml;
}

/** Sessions that read pages without a browser, over connections that all of them share. Who makes it closes it. */
export class HttpSessions implements SessionSource {
  readonly #client: HttpClient;
  readonly #sessions = new Set<HttpSession>();

  constructor(private readonly options: HttpSessionsOptions) {
    this.#client = new HttpClient(options);
  }

  open(options: Options, signal: AbortSignal): Promise<Session> {
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    const visitor = new Visitor(options);
    const { parseHtml } = this.options;
    const host = { client: this.#client, visitor, parseHtml, sessions: this.#sessions };
    const session = new HttpSession(host);
    for (const name of visitor.leftOut) {
      session.warn(
        `the header ${JSON.stringify(name)} of options.headers is not sent: it is the connection's`,
      );
    }
    return Promise.resolve(session);
  }

  /** Ends every session, and every connection. */
  async close(): Promise<void> {
    await Promise.all([...this.#sessions].map((session) => session.close()));
    await this.#client.close();
  }
}
