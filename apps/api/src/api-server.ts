import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Milliseconds. A client that is slower is cut off. */
const clientTimes = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 2_000,
  keepAliveTimeout: 65_000,
};

/** Longer than anybody may wait for a run: on a connection where nothing moved for so long, nobody is. */
const idleMs = 330_000;

/** Beyond them, what a process may have open is used up. */
const mostConnections = 10_000;
/** Then a client connects anew, and a balancer before several processes gives it to another. */
const mostRequestsOfOne = 10_000;

/** A server of HTTP that a client can neither hold up nor fill. */
export class ApiServer {
  private constructor(private readonly server: Server) {}

  static async listen(
    app: RequestListener,
    { port, host }: { port: number; host: string },
  ): Promise<ApiServer> {
    const server = createServer(clientTimes, app);
    server.maxConnections = mostConnections;
    server.maxRequestsPerSocket = mostRequestsOfOne;
    server.setTimeout(idleMs);
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        const isTaken = error.code === 'EADDRINUSE';
        reject(isTaken ? new Error(`Port ${port} is taken: set PORT to another one`) : error);
      });
      server.listen(port, host, resolve);
    });
    return new ApiServer(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** When what is under way is answered. */
  async close(): Promise<void> {
    // A connection whose answer was under way is idle only after it.
    const idle = setInterval(() => this.server.closeIdleConnections(), 50);
    await new Promise((resolve) => this.server.close(resolve));
    clearInterval(idle);
  }
}
