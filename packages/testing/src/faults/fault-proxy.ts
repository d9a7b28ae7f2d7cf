import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { ArmedPoints } from './armed-points';
import type { ArmedPoint, CrashPoint, Verdict } from './crash-point';
import { FaultConnection } from './fault-connection';
import type { ProxyMode } from './proxy-mode';
import { resetSocket } from './reset-socket';
import type { Answered, StatementReader } from './statement-reader';

/** A TCP proxy on a port of its own, between one process and one server, that makes faults on the way. */
export class FaultProxy {
  readonly #connections = new Set<FaultConnection>();
  readonly #points = new ArmedPoints();
  #mode: ProxyMode = { kind: 'pass' };
  /** Told of each statement that was answered. */
  onAnswer: (answered: Answered) => void = () => undefined;

  private constructor(
    /** Where new connections lead; null while there is no server: they are reset. */
    public targetPort: number | null,
    private readonly server: Server,
    private readonly newReader: () => StatementReader,
  ) {
    server.on('connection', (app: Socket) => this.#accept(app));
  }

  /** Whoever opens it closes it. */
  static async open(targetPort: number, newReader: () => StatementReader): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FaultProxy(targetPort, server, newReader);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get mode(): ProxyMode {
    return this.#mode;
  }

  /** From now on. The end of a black hole resets the connections of which it has swallowed something. */
  set mode(mode: ProxyMode) {
    this.#mode = mode;
    if (mode.kind === 'blackHole') return;
    for (const connection of this.#connections) if (connection.hasSwallowed) connection.reset();
  }

  /** Resets all connections. */
  reset(): void {
    for (const connection of this.#connections) connection.reset();
  }

  /** Once, at this point, does something, and then lets the statement or the answer pass, or ends the connection. */
  at(point: CrashPoint, act: () => Promise<Verdict>): ArmedPoint {
    return this.#points.arm(point, act);
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.reset();
    await closed;
  }

  #accept(app: Socket): void {
    const isBlackHole = this.#mode.kind === 'blackHole';
    if (this.#mode.kind === 'refuse' || (this.targetPort === null && !isBlackHole))
      return resetSocket(app.on('error', () => null));
    const port = isBlackHole ? null : this.targetPort;
    const around = { proxy: this, points: this.#points, reader: this.newReader() };
    const connection = new FaultConnection(app, port, around);
    this.#connections.add(connection);
    void connection.ended.then(() => this.#connections.delete(connection));
  }
}
