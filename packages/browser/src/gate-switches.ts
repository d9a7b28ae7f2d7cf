/**
 * What sends all that a browser loads through the gate. By itself `--proxy-server` leaves out loopback and link-local
 * addresses, WebRTC sends by UDP past it (which of the two switches works differs by version), and the browser asks
 * name servers.
 */
export function gateSwitches(gateUrl: string | null): string[] {
  if (gateUrl === null) return [];
  return [
    `--proxy-server=${gateUrl}`,
    `--proxy-bypass-list=${everyAddress}`,
    '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
    '--webrtc-ip-handling-policy=disable_non_proxied_udp',
    '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
  ];
}

/** No address goes past a proxy, not even those of loopback. */
const everyAddress = '<-loopback>';

/** The same for one context of a browser. */
export function contextProxy(proxyServer: string): { proxyServer: string; proxyBypassList: string[] } {
  return { proxyServer, proxyBypassList: [everyAddress] };
}
