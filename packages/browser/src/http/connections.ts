import { pathOf, type Egress, type Gate } from '@runnel/egress';
import { Agent, buildConnector, Pool, type Dispatcher } from 'undici';
import { networkError } from './network-failure';

const connectMs = 15_000;
const kept = {
  allowH2: true,
  /** To one origin at a time; more requests wait for one. */
  connections: 32,
  /** How long a connection that nobody uses stays open. */
  keepAliveTimeout: 30_000,
  maxHeaderSize: 256 * 1024,
};

export interface ConnectionOptions {
  /** What decides about every connection; null lets all through: to measure, or where a recording answers all. */
  egress: Egress | null;
  /** Goes through it, instead of to sites themselves; who opened it closes it. */
  gate?: Gate | null;
  /** What connections are made with, such as further certificates to trust. */
  connect?: buildConnector.BuildOptions;
}

export interface PageRequest {
  headers: Record<string, string>;
  signal: AbortSignal;
}

/** Connections over HTTP/1.1 and HTTP/2 that are kept for who comes next. */
export class Connections {
  /** To sites, or through tunnels to them. */
  readonly #sites: Agent;
  /** To the gate: plain pages are asked for there, since many proxies make tunnels to port 443 only. */
  readonly #gate: Pool | null;
  readonly #over = new AbortController();

  constructor({ egress, gate, connect }: ConnectionOptions) {
    const secure = buildConnector({ allowH2: true, timeout: connectMs, ...connect });
    this.#gate = gate ? new Pool(gate.url, { ...kept, allowH2: false }) : null;
    const reach = this.#reach(egress);
    this.#sites = new Agent({
      ...kept,
      connect: renamingResets(reach ? connectorOver(reach, secure) : secure),
    });
  }

  get(url: URL, { headers, signal }: PageRequest): Promise<Dispatcher.ResponseData> {
    const path = pathOf(url);
    if (this.#gate === null || url.protocol === 'https:') {
      // What a login is bound to is a connection that nobody uses afterwards.
      const reset = /^(ntlm|negotiate)\b/i.test(headers['authorization'] ?? '');
      return this.#sites.request({ origin: url.origin, path, method: 'GET', headers, signal, reset });
    }
    const whole = { path: `${url.origin}${path}`, headers: { ...headers, host: url.host } };
    return this.#gate.request({ ...whole, method: 'GET', signal });
  }

  /** Ends every connection, and what is under way on it. */
  async close(): Promise<void> {
    this.#over.abort(new Error('the connections are closed'));
    await Promise.all([this.#sites.destroy(), this.#gate?.destroy()]);
  }

  /** What gives a connection to a site; null: the system does. */
  #reach(egress: Egress | null): Reach | null {
    const [pool, { signal }] = [this.#gate, this.#over];
    if (pool) return (host, port) => openTunnel(pool, `${host}:${port}`, signal);
    return egress && ((host, port) => egress.connect({ host, port }, signal));
  }
}

type Connected = Awaited<ReturnType<Egress['connect']>>;
type Reach = (host: string, port: number) => Promise<Connected>;

/** Encryption comes upon a connection that was checked. */
function connectorOver(reach: Reach, secure: buildConnector.connector): buildConnector.connector {
  return (options, connected) => {
    const isSecure = options.protocol === 'https:';
    reach(options.hostname, Number(options.port) || (isSecure ? 443 : 80)).then(
      (socket) => {
        if (isSecure) secure({ ...options, httpSocket: socket }, connected);
        else connected(null, socket);
      },
      (error: unknown) => connected(error as Error, null),
    );
  };
}

/** A reset ends a page without a length: undici takes that for its end, but not what has another name. */
function renamingResets(connector: buildConnector.connector): buildConnector.connector {
  return (options, connected) =>
    connector(options, (...[error, socket]) => {
      if (error) return connected(error, null);
      socket.on('error', (reset: NodeJS.ErrnoException) => {
        if (reset.code === 'ECONNRESET') reset.code = 'EPIPE';
      });
      connected(null, socket);
    });
}

/** No error of undici's own is passed on: it would try again without end. */
async function openTunnel(gate: Pool, path: string, signal: AbortSignal): Promise<Connected> {
  const { socket } = await gate.connect({ path, signal }).catch((cause: unknown) => {
    throw networkError('ERR_TUNNEL_CONNECTION_FAILED', { cause });
  });
  return socket as Connected;
}
