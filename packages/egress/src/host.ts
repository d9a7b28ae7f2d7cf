import { isUrl } from '@runnel/contracts';
import { isIP } from 'node:net';

/** Where a connection goes. */
export interface Target {
  host: string;
  port: number;
}

/**
 * A host as browsers write it: lower case, punycode, one form for each IP address (IPv6 without its brackets).
 * Null when it is none.
 */
export function canonicalHost(text: string): string | null {
  // Of what a URL can hold these end its host, or are dropped from it.
  if (/[\s/?#@\\]/.test(text) || text === '') return null;
  const url = `http://${isIP(text) === 6 ? `[${text}]` : text}`;
  if (/:\d*$/.test(text) && isIP(text) !== 6) return null;
  if (!isUrl(url)) return null;
  return new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
}

export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}

export function isAddress(host: string): boolean {
  return isIP(host) !== 0;
}

/** Without the dot that says that it is whole. */
export function withoutDot(host: string): string {
  return host.replace(/\.$/, '');
}

/** True for `example.com` of itself, and for `*.example.com` of hosts below it. */
export function isNamed(pattern: string, host: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
}

/** As it stands in an address; 80 and 443 are not said. */
export function nameOf({ host, port }: Target): string {
  const shown = isIP(host) === 6 ? `[${host}]` : host;
  return port === 80 || port === 443 ? shown : `${shown}:${port}`;
}

/** `host:port`, as CONNECT has it. */
export function authorityOf({ host, port }: Target): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/** What a request line has of an address: with the `?` of an empty query, which `search` leaves out. */
export function pathOf({ href, pathname, search }: URL): string {
  const isEmptyQuery = search === '' && (href.split('#', 1)[0] ?? '').endsWith('?');
  return `${pathname}${isEmptyQuery ? '?' : search}`;
}

const defaultPorts: Record<string, number | undefined> = {
  'http:': 80,
  'ws:': 80,
  'https:': 443,
  'wss:': 443,
};

export function targetOf({ hostname, port, protocol }: URL): Target {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return { host, port: port === '' ? (defaultPorts[protocol] ?? 0) : Number(port) };
}
