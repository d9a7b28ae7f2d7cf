import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { failure, FailureError, isUrl } from '@runnel/contracts';
import { failureAt } from '@runnel/egress';
import { errors, type Dispatcher } from 'undici';
import { Connections, type ConnectionOptions } from './connections';
import { charsetOf, decode } from './decode';
import { codeOf, networkError, opening } from './network-failure';
import { readBody, unzipped, type BodyLimit } from './read-body';
import { isUnsafePort } from './unsafe-ports';
import { tapeFetch } from '../tape/tape-fetch';
import type { Tape } from '../tape/tape';
import type { Visitor } from './visitor';

/** As many as browsers follow. */
export const maxRedirects = 20;
/** How often a page is asked for when connections are lost before it answers. */
const maxTries = 3;
const textLimit: BodyLimit = { bytes: 10 * 1024 * 1024, beyond: 'cut' };

export interface HttpClientOptions extends ConnectionOptions {
  /** What is fetched goes to it, or comes from it. */
  tape?: Tape;
}

export interface HttpRequest {
  url: string;
  visitor: Visitor;
  redirectsLeft: number;
}

/** What a site answered; who has it reads its body, or destroys it. */
export interface HttpAnswer {
  /** Where redirects ended, with the fragment that was asked for. */
  url: string;
  status: number;
  headers: IncomingHttpHeaders;
  body: Readable;
  redirectsLeft: number;
}

/** Fetches over HTTP/1.1 and HTTP/2, with connections that it keeps for all who ask. Who makes it closes it. */
export class HttpClient {
  readonly #connections: Connections;

  constructor(private readonly options: HttpClientOptions) {
    this.#connections = new Connections(options);
  }

  /**
   * Asks for `url`, and for what redirects lead to, until the headers of an answer are there.
   * @throws what `opening` turns into a FailureError
   */
  async get(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const { visitor } = request;
    const { tape } = this.options;
    let { redirectsLeft } = request;
    for (let url = addressOf(request.url); ; redirectsLeft -= 1) {
      const from = url;
      const ask = () => this.#ask(from, { visitor, signal });
      const { statusCode, headers, body } = await (tape ? tapeFetch(tape, from.href, ask) : ask());
      visitor.remember(url, headers['set-cookie']);
      const location = redirectOf(statusCode, headers);
      if (location === null) return { url: url.href, status: statusCode, headers, body, redirectsLeft };
      body.dump().catch(() => null);
      if (redirectsLeft <= 0) throw networkError('ERR_TOO_MANY_REDIRECTS');
      url = redirected(location, url);
    }
  }

  /**
   * A small text, like robots.txt or a sitemap, zipped or not: its status, and at most its first 10 MiB.
   * @throws FailureError as when a page is opened; never for a status
   */
  async fetchText(
    { url, visitor }: { url: string; visitor: Visitor },
    signal: AbortSignal,
  ): Promise<{ status: number; text: string }> {
    return opening({ url, signal }, async () => {
      const answer = await this.get({ url, visitor, redirectsLeft: maxRedirects }, signal);
      const body = await readBody(answer.body, codingOf(answer), textLimit);
      const bytes = await unzipped(body, textLimit);
      const label = charsetOf(answer.headers['content-type'] ?? '');
      return { status: answer.status, text: decode(bytes, { label, otherwise: 'utf-8' }) };
    });
  }

  /** Ends every connection, and what is under way on it. */
  async close(): Promise<void> {
    await this.#connections.close();
  }

  /** A kept connection may have been closed by the other side just now: then another one is asked. */
  async #ask(
    url: URL,
    { visitor, signal }: { visitor: Visitor; signal: AbortSignal },
  ): Promise<Dispatcher.ResponseData> {
    for (let tries = 1; ; tries += 1) {
      try {
        this.options.egress?.checkDomains(url, visitor.domains);
        return await this.#connections.get(url, { headers: visitor.headersFor(url), signal });
      } catch (error) {
        const refused = this.#refused(error, url);
        if (refused) throw refused;
        if (signal.aborted || tries === maxTries || !isKeptConnectionLost(error)) throw error;
      }
    }
  }

  /** Why there was no connection, told of this address; null when there was one. */
  #refused(error: unknown, { href }: URL): FailureError | null {
    if (error instanceof FailureError)
      return new FailureError(failureAt(error.failure, href), { cause: error });
    const found = this.options.gate?.whyFailed(href);
    return found ? new FailureError(found, { cause: error }) : null;
  }
}

export function codingOf({ headers }: HttpAnswer): string | undefined {
  return headers['content-encoding'];
}

function addressOf(text: string): URL {
  if (!isUrl(text)) throw networkError('ERR_INVALID_URL');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    const message = `Could not open ${text}: it is not an http or https address`;
    throw new FailureError(failure('URL_INVALID', message, { url: text }));
  }
  if (isUnsafePort(url.port)) throw networkError('ERR_UNSAFE_PORT');
  return url;
}

const redirectStatuses = new Set([301, 302, 303, 307, 308]);

/** The address that an answer sends on to; null when it does not. */
function redirectOf(status: number, headers: IncomingHttpHeaders): string | null {
  const location = [headers.location].flat()[0];
  if (!redirectStatuses.has(status) || location === undefined) return null;
  // Headers come as bytes, and browsers read those of an address as UTF-8.
  return Buffer.from(location, 'latin1').toString('utf8');
}

/** A redirect without a fragment of its own keeps the one before. */
function redirected(location: string, from: URL): URL {
  if (!isUrl(location, from.href)) throw networkError('ERR_INVALID_REDIRECT');
  const url = new URL(location, from);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw networkError('ERR_UNSAFE_REDIRECT');
  if (isUnsafePort(url.port)) throw networkError('ERR_UNSAFE_PORT');
  if (url.hash === '') url.hash = from.hash;
  return url;
}

/** False when it is known to have been a new connection, which another would not better. */
function isKeptConnectionLost(error: unknown): boolean {
  if (error instanceof errors.SocketError) return (error.socket?.bytesRead ?? 0) > 0;
  return /^(ECONNRESET|EPIPE|UND_ERR_INFO)$/.test(codeOf(error));
}
