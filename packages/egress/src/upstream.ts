import type { Socket } from 'node:net';
import { failure, FailureError, type FailureCode, type Proxy } from '@runnel/contracts';
import type { Egress } from './egress';
import { Deadline } from './deadline';
import { HandshakeFailure, openSocks, openTls, openTunnel, reasonOf, type Credentials } from './handshakes';
import { canonicalHost, nameOf, type Target } from './host';

const defaultPorts: Record<string, number | undefined> = { 'http:': 80, 'https:': 443, 'socks5:': 1080 };
const handshakeMs = 10_000;

/** How plain requests go to a proxy: with their whole address, over connections that are not one site's. */
export interface Forward {
  target: Target;
  authorization: string | null;
  connect(signal: AbortSignal): Promise<Socket>;
}

/** A robot's own proxy. It resolves names again by itself, so what it is given is checked, but not pinned. */
export class Upstream {
  /** Null for socks, by which plain requests go as all else does. */
  readonly forward: Forward | null;
  readonly #protocol: string;
  readonly #target: Target;
  readonly #credentials: Credentials | null;

  constructor(
    private readonly egress: Egress,
    { server, username, password }: Proxy,
  ) {
    const { protocol, hostname, port } = new URL(server);
    this.#protocol = protocol;
    const host = canonicalHost(hostname) ?? hostname;
    this.#target = { host, port: port === '' ? (defaultPorts[protocol] ?? 0) : Number(port) };
    this.#credentials = username === null ? null : { username, password: password ?? '' };
    const isSocks = protocol === 'socks5:';
    this.forward = isSocks
      ? null
      : {
          target: this.#target,
          authorization: this.#authorization(),
          connect: (signal) => this.#reach(signal),
        };
  }

  /** A connection to `target` through the proxy. @throws FailureError, or the signal's reason */
  async connect(target: Target, signal?: AbortSignal): Promise<Socket> {
    await this.egress.check(target, signal);
    const socket = await this.#reach(signal);
    return this.#within(socket, signal, () =>
      this.#protocol === 'socks5:'
        ? openSocks(socket, target, this.#credentials)
        : openTunnel(socket, target, this.#authorization()),
    );
  }

  /** Why a plain request had no answer: it was the proxy that was asked. */
  whyUnanswered(error: unknown): unknown {
    if (this.forward === null || error instanceof FailureError) return error;
    return this.failed(reasonOf(error));
  }

  /** Of what a proxy answers by itself, only this is not the site's. @throws FailureError PROXY_FAILED */
  requireAdmitted(status: number | undefined): void {
    if (this.forward !== null && status === 407) throw this.failed('it refused the user and password');
  }

  #authorization(): string | null {
    if (this.#credentials === null) return null;
    const { username, password } = this.#credentials;
    return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }

  /** A connection to the proxy itself. */
  async #reach(signal?: AbortSignal): Promise<Socket> {
    const socket = await this.egress.connect(this.#target, signal).catch((error: unknown) => {
      throw this.#ofProxy(error);
    });
    return this.#protocol === 'https:'
      ? this.#within(socket, signal, () => openTls(socket, this.#target, this.egress.ca))
      : socket;
  }

  /** A handshake on a connection, which is closed when it fails. */
  async #within(
    socket: Socket,
    signal: AbortSignal | undefined,
    shake: () => Promise<Socket>,
  ): Promise<Socket> {
    const stopped = new Deadline(handshakeMs, signal);
    try {
      return await Promise.race([shake(), stopped.reached]);
    } catch (error) {
      socket.destroy();
      signal?.throwIfAborted();
      throw this.#ofProxy(error);
    } finally {
      stopped.clear();
    }
  }

  /** No error of a library is kept as the cause: theirs hold the password. */
  #ofProxy(error: unknown): unknown {
    if (error instanceof HandshakeFailure) return this.failed(error.message);
    if (!(error instanceof FailureError)) return error;
    const { code, details } = error.failure;
    const reason = details?.['reason'];
    const said = typeof reason === 'string' ? reason : 'it cannot be reached';
    return this.failed(said, code === 'EGRESS_REFUSED' ? code : 'PROXY_FAILED');
  }

  failed(reason: string, code: FailureCode = 'PROXY_FAILED'): FailureError {
    const host = nameOf(this.#target);
    return new FailureError(failure(code, `The proxy ${host} cannot be used: ${reason}`, { host }));
  }
}
