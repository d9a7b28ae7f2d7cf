import { isSameHost, type OwnHeaders, isUrl } from '@runnel/contracts';
import type { CDPSession, Page, Protocol } from 'puppeteer';

/**
 * Sends headers with what the page, its frames and its workers ask of one site, and never with what they ask of
 * another, wherever redirects lead. Only requests that look like that site's cross to this process.
 */
export async function sendOwnHeaders(page: Page, own: OwnHeaders): Promise<void> {
  await sendFrom(await page.createCDPSession(), own);
}

async function sendFrom(client: CDPSession, own: OwnHeaders): Promise<void> {
  client.on('Fetch.requestPaused', ({ requestId, request }) => {
    const headers = isOwn(request.url, own) ? { headers: headersOf(request, own) } : {};
    // The page may be gone by now.
    client.send('Fetch.continueRequest', { requestId, ...headers }).catch(() => null);
  });
  // Frames of other sites and workers have sessions of their own; they wait until theirs is ready.
  client.on('sessionattached', (inner) => {
    sendFrom(inner, own).catch(() => null);
    inner.send('Runtime.runIfWaitingForDebugger').catch(() => null);
  });
  const attaching = { autoAttach: true, waitForDebuggerOnStart: true, flatten: true };
  await Promise.all([
    client.send('Fetch.enable', { patterns: patternsFor(own) }),
    client.send('Target.setAutoAttach', attaching),
  ]);
}

/** Wider than what is sent: an address may hold a user before its host. */
function patternsFor({ site }: OwnHeaders): Protocol.Fetch.RequestPattern[] {
  const schemes = site.protocol === 'https:' ? ['https'] : ['http', 'https'];
  const hosts = [site.host, `*@${site.host}`];
  return schemes.flatMap((scheme) => hosts.map((host) => ({ urlPattern: `${scheme}://${host}/*` })));
}

function isOwn(url: string, { site }: OwnHeaders): boolean {
  return isUrl(url) && isSameHost(site, new URL(url));
}

/** All that the request has: who names headers names every one. A redirect to another address is asked anew, without. */
function headersOf(request: Protocol.Network.Request, { headers }: OwnHeaders): Protocol.Fetch.HeaderEntry[] {
  const taken = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const others = Object.entries(request.headers).filter(([name]) => !taken.has(name.toLowerCase()));
  return [...others, ...Object.entries(headers)].map(([name, value]) => ({ name, value }));
}
