import type { CDPSession, Page } from 'puppeteer';

/** The session that Puppeteer itself listens to: another one would have all events told twice. */
export function ownClient(page: Page): CDPSession {
  return (page as unknown as { _client(): CDPSession })._client();
}
