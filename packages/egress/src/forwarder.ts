import {
  Agent,
  request as sendRequest,
  type ClientRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { forwardedHeaders, writableAnswer } from './forwarded-headers';
import { pathOf, targetOf, type Target } from './host';
import type { Upstream } from './upstream';

/** How long a connection to a site stays open that nobody uses. */
const idleMs = 30_000;
const maxHeaderSize = 256 * 1024;
/** How often something is asked for when kept connections are lost before an answer. */
const maxTries = 3;

/** Where a plain request goes: its line and its headers. */
interface Sent {
  target: Target;
  path: string;
  headers: string[];
}

/** Sends plain requests on to their sites, over connections that it keeps. */
export class Forwarder {
  readonly #kept: Agent;
  /** What cannot be sent twice goes by a connection that no site has closed meanwhile; and what is nobody else's. */
  readonly #fresh: Agent;

  constructor(
    connect: (target: Target) => Promise<Socket>,
    private readonly upstream: Upstream | null,
  ) {
    this.#kept = agentOver(connect, { keepAlive: true, timeout: idleMs });
    this.#fresh = agentOver(connect, { keepAlive: false });
  }

  /** Resolves when the answer has begun, which is streamed on by itself. @throws why there is none */
  async forward(request: IncomingMessage, to: { response: ServerResponse; url: URL }): Promise<void> {
    const { response, url } = to;
    const sent = this.#sent(request, url);
    for (let tries = 1; ; tries += 1) {
      const asking = this.#send(request, sent);
      const leave = (): void => void asking.destroy();
      response.once('close', leave);
      try {
        const answer = await answerOf(asking);
        this.upstream?.requireAdmitted(answer.statusCode);
        // One without a length ends with its connection: a reset would be the end of a whole answer.
        asking.once('error', () => answer.complete || response.destroy());
        return answerWith(answer, response);
      } catch (error) {
        asking.destroy();
        response.off('close', leave);
        // A kept connection may have been closed by the site just now.
        if (asking.reusedSocket && tries < maxTries && !response.destroyed) continue;
        throw this.upstream?.whyUnanswered(error) ?? error;
      }
    }
  }

  close(): void {
    this.#kept.destroy();
    this.#fresh.destroy();
  }

  #sent(request: IncomingMessage, url: URL): Sent {
    const headers = forwardedHeaders(request.rawHeaders, { host: url.host });
    if (isChunked(request)) headers.push('Transfer-Encoding', 'chunked');
    else if (request.headers['content-length'] === undefined && !repeatable.has(request.method ?? '')) {
      // Node would write chunks.
      headers.push('Content-Length', '0');
    }
    const forward = this.upstream?.forward ?? null;
    const path = pathOf(url);
    if (forward === null) return { target: targetOf(url), path, headers };
    if (forward.authorization !== null) headers.push('Proxy-Authorization', forward.authorization);
    return { target: forward.target, path: `${url.origin}${path}`, headers };
  }

  #send(request: IncomingMessage, { target, path, headers }: Sent): ClientRequest {
    const { method = 'GET' } = request;
    const isKept = repeatable.has(method) && !hasBody(request) && !logsConnectionIn(request);
    const asking = sendRequest({
      ...target,
      path,
      method,
      headers,
      agent: isKept ? this.#kept : this.#fresh,
      maxHeaderSize,
      // Browsers read what strict parsers refuse.
      insecureHTTPParser: true,
    });
    asking.on('error', () => null);
    if (!hasBody(request)) return asking.end();
    // A site may answer before it has read all.
    asking.once('close', () => request.resume());
    return request.pipe(asking);
  }
}

const repeatable = new Set(['GET', 'HEAD', 'OPTIONS']);

/** To what is asked with it everything else on its connection would belong. */
function logsConnectionIn({ headers }: IncomingMessage): boolean {
  return /^(ntlm|negotiate)\b/i.test(headers.authorization ?? '');
}

function hasBody(request: IncomingMessage): boolean {
  const length = request.headers['content-length'];
  return isChunked(request) || (length !== undefined && length !== '0');
}

function isChunked({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined;
}

/** Node asks its agents for a socket at once, or later by a callback. */
function agentOver(
  connect: (target: Target) => Promise<Socket>,
  options: { keepAlive: boolean; timeout?: number },
): Agent {
  const createConnection = (
    { host, port }: { host: string; port: number },
    connected: (error: unknown, socket?: Socket) => void,
  ): void => {
    connect({ host, port }).then((socket) => connected(null, socket), connected);
  };
  return Object.assign(new Agent({ ...options, maxFreeSockets: 32, scheduling: 'lifo' }), {
    createConnection,
  });
}

function answerOf(asking: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    asking.once('response', resolve).once('error', reject);
    asking.once('close', () => reject(new Error('the connection ended without an answer')));
  });
}

function answerWith(answer: IncomingMessage, response: ServerResponse): void {
  response.sendDate = false;
  const { status, text, headers } = writableAnswer(answer);
  response.writeHead(status, text, headers);
  // What is cut off on the way is cut off for who asked.
  pipeline(answer, response, (error) => error && response.destroy());
}
