import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type Server as TcpServer, type Socket } from 'node:net';
import { ports, type LabNetwork } from './lab-network';

/** Something that reached one of the lab's addresses. */
export interface Hit {
  address: string;
  /** The way that asked for it; '' when nothing told. */
  way: string;
  /** The form of its address; '' when nothing told. */
  form: string;
}

/** Ports at which a connection alone tells who made it. */
const tellingPorts: Record<number, string> = {
  [ports.rtc]: 'WebRTC: TURN over TCP',
  [ports.preconnect]: 'preconnect',
  [ports.proxy]: 'a proxy',
  [ports.tls]: 'https',
};

/** Listens at every address of the lab, and remembers all that comes. */
export class Canaries {
  readonly #hits: Hit[] = [];
  readonly #servers: (Server | TcpServer)[] = [];
  readonly #datagrams: UdpSocket[] = [];
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly network: LabNetwork,
    private readonly site: RequestListener,
  ) {}

  /** `site` answers at the two addresses that may be reached. */
  static async start(network: LabNetwork, site: RequestListener): Promise<Canaries> {
    const canaries = new Canaries(network, site);
    for (const port of [ports.http, ports.other]) await canaries.#serve(port);
    await canaries.#open(createServer(site), ports.secure);
    for (const port of Object.keys(tellingPorts).map(Number)) await canaries.#listen(port);
    for (const address of [network.control, ...Object.values(network.inner)]) await canaries.#hear(address);
    return canaries;
  }

  /** Hits on addresses that nobody may reach. */
  inner(): Hit[] {
    return this.#hits.filter(({ address }) => !this.#isPublic(address));
  }

  /** Hits on the address that shows whether a way works. */
  control(): Hit[] {
    return this.#hits.filter(({ address }) => address === this.network.control);
  }

  forget(): void {
    this.#hits.length = 0;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    for (const server of this.#servers) server.close();
    for (const socket of this.#datagrams) socket.close();
  }

  #isPublic(address: string): boolean {
    return address === this.network.site || address === this.network.control;
  }

  async #serve(port: number): Promise<void> {
    const server = createServer((request, response) => {
      const { address } = this.#note(request);
      if (this.#isPublic(address)) return this.site(request, response);
      // Nothing for who may read it, but no reason to ask again either.
      response.writeHead(request.headers.accept === 'text/event-stream' ? 204 : 200, {
        'content-type': 'text/html',
        'access-control-allow-origin': '*',
      });
      response.end('<h1>secret</h1>');
    });
    for (const event of ['upgrade', 'connect']) {
      server.on(event, (request: IncomingMessage, socket: Socket) => {
        this.#note(request);
        socket.destroy();
      });
    }
    // A connection counts before it asks for anything.
    server.on('connection', (socket: Socket) => {
      this.#keep(socket);
      const address = localAddress(socket);
      if (!this.#isPublic(address)) this.#hits.push({ address, way: '', form: '' });
    });
    await this.#open(server, port);
  }

  async #listen(port: number): Promise<void> {
    const server = createTcpServer((socket) => {
      this.#keep(socket);
      const address = localAddress(socket);
      this.#hits.push({ address, way: tellingPorts[port] ?? '', form: this.#formAt(port, address) });
      socket.once('data', () => socket.destroy());
    });
    await this.#open(server, port);
  }

  /** Nothing of an address is seen before its TLS is there; but only one form asks for that. */
  #formAt(port: number, address: string): string {
    const target = Object.entries(this.network.inner).find(([, each]) => each === address)?.[0];
    return port === ports.tls && target !== undefined ? `${target}: https` : '';
  }

  async #hear(address: string): Promise<void> {
    const socket = createSocket('udp4', () => {
      this.#hits.push({ address, way: 'WebRTC: STUN', form: '' });
    });
    this.#datagrams.push(socket);
    await new Promise<void>((resolve) => socket.bind(ports.rtc, address, resolve));
  }

  async #open(server: Server | TcpServer, port: number): Promise<void> {
    this.#servers.push(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '::', resolve);
    });
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => null);
  }

  #note(request: IncomingMessage): Hit {
    const [, kind, way = '', form = ''] = new URL(request.url ?? '/', 'http://lab').pathname.split('/');
    const address = localAddress(request.socket);
    const isHit = kind === 'hit' || !this.#isPublic(address);
    const hit = {
      address,
      way: kind === 'hit' ? decodeURIComponent(way) : (kind ?? ''),
      form: decodeURIComponent(form),
    };
    if (isHit) this.#hits.push(hit);
    return hit;
  }
}

function localAddress(socket: Socket): string {
  return (socket.localAddress ?? '').replace(/^::ffff:/, '');
}
