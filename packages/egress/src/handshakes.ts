import { request } from 'node:http';
import type { Socket } from 'node:net';
import { connect as connectTls, rootCertificates } from 'node:tls';
import { SocksClient } from 'socks';
import { codeOf } from './code-of';
import { authorityOf, isAddress, type Target } from './host';

export interface Credentials {
  username: string;
  password: string;
}

/** Why a proxy did not do what it was asked, in words that hold no credentials. */
export class HandshakeFailure extends Error {}

/** The proxy's own encryption. */
export function openTls(socket: Socket, { host }: Target, ca: string | null): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const secured = connectTls({
      socket,
      ALPNProtocols: ['http/1.1'],
      host,
      ...(ca !== null && { ca: [...rootCertificates, ca] }),
      ...(!isAddress(host) && { servername: host }),
    });
    secured
      .once('secureConnect', () => resolve(secured))
      .on('error', () => reject(new HandshakeFailure('its certificate or encryption is not valid')))
      .once('close', () => reject(new HandshakeFailure('it closed the connection')));
  });
}

/** CONNECT, over a connection to an HTTP proxy. */
export function openTunnel(socket: Socket, target: Target, authorization: string | null): Promise<Socket> {
  const authority = authorityOf(target);
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => reject(new HandshakeFailure(reason));
    const asking = request({
      createConnection: () => socket,
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...(authorization !== null && { 'proxy-authorization': authorization }) },
    });
    asking
      .once('connect', ({ statusCode = 0 }, _socket, head) => {
        if (statusCode === 407) return fail('it refused the user and password');
        if (statusCode < 200 || statusCode > 299) {
          return fail(`it answered with HTTP status ${statusCode} for ${authority}`);
        }
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
      })
      .on('error', (error) => fail(reasonOf(error)))
      .end();
  });
}

/** SOCKS5, over a connection to such a proxy, which resolves the name. */
export async function openSocks(
  socket: Socket,
  target: Target,
  credentials: Credentials | null,
): Promise<Socket> {
  // RFC 1929 has a byte for the length of each; the library throws where nobody catches it.
  if (
    credentials &&
    [credentials.username, credentials.password].some((text) => Buffer.byteLength(text) > 255)
  ) {
    throw new HandshakeFailure('SOCKS5 takes a user and a password of at most 255 bytes');
  }
  const login = credentials && { userId: credentials.username, password: credentials.password };
  try {
    await SocksClient.createConnection({
      command: 'connect',
      proxy: { host: 'proxy', port: 1080, type: 5, ...login },
      destination: { host: target.host, port: target.port },
      existing_socket: socket,
    });
    return socket;
  } catch (error) {
    throw new HandshakeFailure(socksReason(error, authorityOf(target)));
  }
}

function socksReason(error: unknown, authority: string): string {
  const message = String(error);
  if (/Authentication failed|no accepted authentication type/i.test(message))
    return 'it refused the user and password';
  const refused = /Socks5 proxy rejected connection - (\w+)/.exec(message)?.[1];
  if (refused !== undefined) return `it answered ${refused} for ${authority}`;
  return 'it does not speak SOCKS5, or closed the connection';
}

/** Of an HTTP proxy that gave no answer. */
export function reasonOf(error: unknown): string {
  return codeOf(error).startsWith('HPE_') ? 'it does not speak HTTP' : 'it closed the connection';
}
