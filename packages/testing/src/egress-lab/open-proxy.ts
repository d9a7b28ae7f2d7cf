import { createServer, request as ask, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { ports, type LabNetwork } from './lab-network';

/** A proxy on the internet that opens whatever it is asked for. */
export async function startOpenProxy({ site }: LabNetwork): Promise<Server> {
  const server = createServer((request, response) => {
    const onward = ask(request.url ?? '', { method: request.method ?? 'GET' }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy()).end();
  });
  server.on('connect', ({ url = '' }, socket: Socket) => {
    const { hostname, port } = new URL(`http://${url}`);
    const onward = connect(Number(port || 80), hostname.replace(/^\[|\]$/g, ''), () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  await new Promise<void>((resolve) => server.listen(ports.openProxy, site, resolve));
  return server;
}
