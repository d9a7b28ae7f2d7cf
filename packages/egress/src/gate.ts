import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { FailureError, type Failure, type Proxy, isUrl } from '@runnel/contracts';
import type { Egress } from './egress';
import { Forwarder } from './forwarder';
import { authorityOf, canonicalHost, targetOf, type Target } from './host';
import { joinSockets } from './join-sockets';
import { failureAt } from './reason';
import type { Upstream } from './upstream';

/** Headers and cookies of a request, as large as browsers send them. */
const maxHeaderSize = 256 * 1024;
const headersMs = 30_000;
/** How long a connection from the browser stays open between requests. */
const keptMs = 60_000;
const maxRemembered = 500;

export interface GateOptions {
  /** What all goes through; its secrets are filled. */
  upstream?: Proxy | null;
  /** The only hosts that are opened; null: any. */
  domains?: readonly string[] | null;
}

export interface Gate {
  /** `http://127.0.0.1:PORT` */
  url: string;
  /** The same at another port: browsers open at most 32 connections to one, so https has its own. */
  secureUrl: string;
  /** Why the newest connection to the host of `url` failed; null when it did not. */
  whyFailed(url: string): Failure | null;
  close(): Promise<void>;
}

interface GateRoute {
  upstream: Upstream | null;
  domains: readonly string[] | null;
}

/**
 * A forward proxy: CONNECT, and plain requests with a whole address. A proxy can tell a browser nothing but a page,
 * which would be taken for the site's, so it drops the connection of what it refuses, and keeps why.
 */
export class OwnGate implements Gate {
  url = '';
  secureUrl = '';
  readonly #servers: Server[];
  readonly #sockets = new Set<Socket>();
  readonly #failures = new Map<string, Failure>();
  readonly #over = new AbortController();
  readonly #forwarder: Forwarder;

  private constructor(
    private readonly egress: Egress,
    private readonly route: GateRoute,
  ) {
    const { signal } = this.#over;
    const forward = route.upstream?.forward ?? null;
    const connect = (target: Target) => (forward ? forward.connect(signal) : this.#open(target, signal));
    this.#forwarder = new Forwarder(connect, route.upstream);
    this.#servers = [this.#server(), this.#server()];
  }

  static async open(egress: Egress, route: GateRoute): Promise<OwnGate> {
    const gate = new OwnGate(egress, route);
    const [url = '', secureUrl = ''] = await Promise.all(gate.#servers.map(listening));
    return Object.assign(gate, { url, secureUrl });
  }

  whyFailed(url: string): Failure | null {
    if (!isUrl(url)) return null;
    const found = this.#failures.get(authorityOf(targetOf(new URL(url))));
    return found ? failureAt(found, url) : null;
  }

  async close(): Promise<void> {
    this.#over.abort(new Error('the gate is closed'));
    this.#forwarder.close();
    const closed = this.#servers.map((server) => new Promise((resolve) => server.close(resolve)));
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  #server(): Server {
    return createServer({
      maxHeaderSize,
      headersTimeout: headersMs,
      requestTimeout: 0,
      keepAliveTimeout: keptMs,
    })
      .on('connection', (socket) => this.#keep(socket))
      .on('connect', (request, socket, head) => void this.#tunnel(request, { socket, head }))
      .on('request', (request, response) => void this.#forward(request, response))
      .on('clientError', (_error, socket) => void socket.destroy());
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => null).once('close', () => this.#sockets.delete(socket));
  }

  async #tunnel({ url = '' }: IncomingMessage, { socket, head }: Tunnel): Promise<void> {
    const target = targetOfAuthority(url);
    if (target === null) return void socket.destroy();
    const leaving = new AbortController();
    const leave = (): void => leaving.abort(new Error('the browser left'));
    // An end is met by who reads; what is not taken stays for the tunnel.
    const look = (): unknown => socket.readableLength === 0 && socket.read();
    socket.once('close', leave).once('end', leave).on('readable', look);
    try {
      this.#admit(target);
      const site = await this.#open(target, leaving.signal);
      socket.off('readable', look);
      if (socket.destroyed) return void site.destroy();
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      if (head.length > 0) site.write(head);
      joinSockets(socket, site);
    } catch (error) {
      if (!leaving.signal.aborted) this.#refuse(target, error);
      socket.destroy();
    }
  }

  async #forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = isUrl(request.url ?? '') ? new URL(request.url ?? '') : null;
    if (url?.protocol !== 'http:') return void request.socket.destroy();
    const target = targetOf(url);
    try {
      this.#admit(target);
      // A proxy is connected to once for many sites, so each of them is looked at here.
      if (this.route.upstream) await this.egress.check(target, this.#over.signal);
      await this.#forwarder.forward(request, { response, url });
      if (this.route.upstream) this.#failures.delete(authorityOf(target));
    } catch (error) {
      if (!request.socket.destroyed) this.#refuse(target, error);
      request.socket.destroy();
    }
  }

  #admit(target: Target): void {
    this.egress.checkDomains(new URL(`http://${authorityOf(target)}`), this.route.domains);
  }

  async #open(target: Target, signal: AbortSignal): Promise<Socket> {
    const { upstream } = this.route;
    const socket = await (upstream ? upstream.connect(target, signal) : this.egress.connect(target, signal));
    this.#failures.delete(authorityOf(target));
    this.#keep(socket);
    return socket;
  }

  #refuse(target: Target, error: unknown): void {
    const key = authorityOf(target);
    this.#failures.delete(key);
    if (!(error instanceof FailureError)) return;
    this.#failures.set(key, error.failure);
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > maxRemembered && oldest !== undefined) this.#failures.delete(oldest);
  }
}

interface Tunnel {
  socket: Duplex;
  head: Buffer;
}

/** The address at which it does. */
function listening(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });
}

/** Null for what is no `host:port`. */
function targetOfAuthority(text: string): Target | null {
  const [, given = '', port] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  const host = canonicalHost(given);
  return host === null ? null : { host, port: Number(port) };
}
