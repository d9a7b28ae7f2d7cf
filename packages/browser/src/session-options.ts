import type { Options } from '@runnel/contracts';
import type { CDPSession, Page } from 'puppeteer';

const resourceTypes = { image: 'Image', font: 'Font', media: 'Media', stylesheet: 'Stylesheet' } as const;

/** How the page presents itself, and what it does not fetch. */
export async function applyOptions(page: Page, options: Options): Promise<void> {
  const { userAgent, viewport, locale, timezone, block } = options;
  const headers = { ...(locale !== null && { 'accept-language': locale }), ...options.headers };
  if (userAgent !== null) await page.setUserAgent({ userAgent });
  if (viewport !== null) await page.setViewport(viewport);
  if (timezone !== null) await page.emulateTimezone(timezone);
  if (Object.keys(headers).length > 0) await page.setExtraHTTPHeaders(headers);
  if (locale !== null || block.length > 0) await applyByProtocol(await page.createCDPSession(), options);
}

/** What Puppeteer has no call for. */
async function applyByProtocol(client: CDPSession, { locale, block }: Options): Promise<void> {
  if (locale !== null) await client.send('Emulation.setLocaleOverride', { locale });
  if (block.length > 0) await blockKinds(client, block);
}

/** Only requests of these kinds cross to this process; all others go their way without it. */
async function blockKinds(client: CDPSession, kinds: Options['block']): Promise<void> {
  client.on('Fetch.requestPaused', ({ requestId }) => {
    client.send('Fetch.failRequest', { requestId, errorReason: 'BlockedByClient' }).catch(() => null);
  });
  const patterns = kinds.map((kind) => ({ urlPattern: '*', resourceType: resourceTypes[kind] }));
  await client.send('Fetch.enable', { patterns });
}
