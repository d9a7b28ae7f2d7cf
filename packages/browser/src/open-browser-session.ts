import type { Options, Session } from '@runnel/contracts';
import type { BrowserContext, Page } from 'puppeteer';
import { abortable } from './abortable';
import { BrowserSession, type SessionHost } from './browser-session';
import { ownClient } from './own-client';
import { PageLoading } from './page-loading';
import { applyOptions } from './session-options';
import { Tab } from './tab';
import type { Tape } from './tape/tape';
import { tapePage } from './tape/tape-page';
import type { WarmBrowser } from './warm-browser';

const closeMs = 5_000;
/** Else a page's process keeps all that it loaded, for who would ask for it afterwards. Zero means no limit. */
const noBodies = { maxTotalBufferSize: 1, maxResourceBufferSize: 1 };
/** A proxy that nobody runs: what a recording does not answer must not reach the network by another way. */
const nowhere = { proxyServer: 'http://127.0.0.1:9', proxyBypassList: ['<-loopback>'] };

/** What a session needs beside its browser. */
export interface SessionNeeds {
  options: Options;
  fetchText: SessionHost['fetchText'];
  tape: Tape | null;
}

/** Opens an isolated context with one page: its own cookies, storage and cache. */
export async function openBrowserSession(
  warm: WarmBrowser,
  needs: SessionNeeds,
  signal: AbortSignal,
): Promise<Session> {
  const opening = warm.browser.createBrowserContext({
    downloadBehavior: { policy: 'deny' },
    ...(needs.tape?.mode === 'replay' && nowhere),
  });
  const context = await abortable(opening, signal).catch((error: unknown) => {
    opening.then((late) => closeContext(warm, late)).catch(() => warm.retire());
    throw error;
  });
  const adopt = (page: Page): Promise<Tab> => makeTab(page, needs, warm);
  const openTab = async (during: AbortSignal): Promise<Tab> =>
    abortable(adopt(await abortable(context.newPage(), during)), during);
  try {
    const main = await openTab(signal);
    const close = async (): Promise<void> => {
      await closeContext(warm, context);
      warm.giveBack();
    };
    return new BrowserSession(main, { openTab, adopt, fetchText: needs.fetchText, close });
  } catch (error) {
    await closeContext(warm, context);
    throw error;
  }
}

async function makeTab(page: Page, { options, tape }: SessionNeeds, { guards }: WarmBrowser): Promise<Tab> {
  if (tape) await tapePage(page, tape);
  await ownClient(page).send('Network.enable', noBodies);
  const loading = await PageLoading.watch(page);
  await applyOptions(page, options);
  return new Tab(page, loading, guards);
}

/** Ends a context and everything in it. A browser that does not answer takes no more sessions. */
async function closeContext(warm: WarmBrowser, context: BrowserContext): Promise<void> {
  try {
    await abortable(context.close(), AbortSignal.timeout(closeMs));
  } catch {
    warm.retire();
  }
}
