import type { Options, Session } from '@runnel/contracts';
import type { BrowserContext } from 'puppeteer';
import { abortable } from './abortable';
import { BrowserSession } from './browser-session';
import { PageLoading } from './page-loading';
import { applyOptions } from './session-options';
import type { WarmBrowser } from './warm-browser';

const closeMs = 5_000;

/** Opens an isolated context with one page: its own cookies, storage and cache. */
export async function openBrowserSession(
  warm: WarmBrowser,
  options: Options,
  signal: AbortSignal,
): Promise<Session> {
  const opening = warm.browser.createBrowserContext({ downloadBehavior: { policy: 'deny' } });
  const context = await abortable(opening, signal).catch((error: unknown) => {
    opening.then((late) => closeContext(warm, late)).catch(() => warm.retire());
    throw error;
  });
  try {
    const page = await abortable(context.newPage(), signal);
    const loading = await abortable(PageLoading.watch(page), signal);
    await abortable(applyOptions(page, options), signal);
    return new BrowserSession(page, loading, async () => {
      await closeContext(warm, context);
      warm.giveBack();
    });
  } catch (error) {
    await closeContext(warm, context);
    throw error;
  }
}

/** Ends a context and everything in it. A browser that does not answer takes no more sessions. */
async function closeContext(warm: WarmBrowser, context: BrowserContext): Promise<void> {
  try {
    await abortable(context.close(), AbortSignal.timeout(closeMs));
  } catch {
    warm.retire();
  }
}
