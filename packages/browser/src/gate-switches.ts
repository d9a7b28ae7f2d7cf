import type { Gate } from '@runnel/egress';

/** Where a browser's proxy is. */
export type GatePorts = Pick<Gate, 'url' | 'secureUrl'>;

/** A proxy that nobody runs: what a recording does not answer must not reach the network by another way. */
export const nowhere: GatePorts = { url: 'http://127.0.0.1:9', secureUrl: 'http://127.0.0.1:9' };

/**
 * What sends all that a browser loads through the gate. By itself `--proxy-server` leaves out loopback and link-local
 * addresses, WebRTC sends by UDP past it (which of the two switches works differs by version), and the browser asks
 * name servers.
 */
export function gateSwitches(gate: GatePorts | null): string[] {
  if (gate === null) return [];
  return [
    `--proxy-server=${serverOf(gate)}`,
    `--proxy-bypass-list=${everyAddress}`,
    '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
    '--webrtc-ip-handling-policy=disable_non_proxied_udp',
    '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
  ];
}

/** No address goes past a proxy, not even those of loopback. */
const everyAddress = '<-loopback>';

/** The same for one context of a browser. */
export function contextProxy(gate: GatePorts): { proxyServer: string; proxyBypassList: string[] } {
  const proxyServer = serverOf(gate);
  return { proxyServer, proxyBypassList: [everyAddress] };
}

/** One for each scheme: WebSockets take that of https, and whatever is neither is opened by no page. */
function serverOf({ url, secureUrl }: GatePorts): string {
  return `http=${new URL(url).host};https=${new URL(secureUrl).host}`;
}
