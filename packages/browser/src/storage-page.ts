import type { BrowserContext, HTTPRequest, Page } from 'puppeteer';
import { isolatedRealm } from './ask';

/**
 * A page that shows an empty document for whatever address: what an origin has stored is read and written there, and
 * its site is asked for nothing.
 */
export class StoragePage {
  private constructor(private readonly page: Page) {}

  static async open(context: BrowserContext): Promise<StoragePage> {
    const page = await context.newPage();
    // One that the site left behind would answer, and might ask the site.
    await page.setBypassServiceWorker(true);
    page.on('request', answerEmpty);
    await page.setRequestInterception(true);
    return new StoragePage(page);
  }

  /** What `localStorage` holds for the origin; null when that is more than `room` characters. */
  async read(origin: string, room: number): Promise<[string, string][] | null> {
    await this.#goTo(origin);
    return isolatedRealm(this.page.mainFrame()).evaluate(entriesWithin, room);
  }

  async write(origin: string, entries: [string, string][]): Promise<void> {
    await this.#goTo(origin);
    await isolatedRealm(this.page.mainFrame()).evaluate(storeAll, entries);
  }

  async close(): Promise<void> {
    await this.page.close();
  }

  async #goTo(origin: string): Promise<void> {
    await this.page.goto(origin, { waitUntil: 'domcontentloaded', timeout: 0 });
  }
}

function answerEmpty(request: HTTPRequest): void {
  request.respond({ status: 200, contentType: 'text/html', body: '' }).catch(() => null);
}

/** Runs in the page. */
function entriesWithin(room: number): [string, string][] | null {
  const entries: [string, string][] = [];
  let length = 0;
  for (let index = 0; index < localStorage.length; index += 1) {
    const key = localStorage.key(index) ?? '';
    const value = localStorage.getItem(key) ?? '';
    length += key.length + value.length;
    if (length > room) return null;
    entries.push([key, value]);
  }
  return entries;
}

/** Runs in the page. */
function storeAll(entries: [string, string][]): void {
  for (const [key, value] of entries) localStorage.setItem(key, value);
}
