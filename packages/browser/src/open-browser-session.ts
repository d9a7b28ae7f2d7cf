import type { Options, Session, SessionExtras } from '@runnel/contracts';
import type { BrowserContext, Page } from 'puppeteer';
import { abortable } from './abortable';
import { answerDialogs } from './answer-dialogs';
import { BrowserSession, type SessionHost } from './browser-session';
import { ContextState } from './context-state';
import { contextProxy } from './gate-switches';
import { ownClient } from './own-client';
import { PageLoading } from './page-loading';
import { sendOwnHeaders } from './send-own-headers';
import { applyOptions } from './session-options';
import { SharedConnections } from './shared-connections';
import { Tab } from './tab';
import type { SessionRoute } from './session-route';
import type { Tape } from './tape/tape';
import { tapePage } from './tape/tape-page';
import type { WarmBrowser } from './warm-browser';

const closeMs = 5_000;
/** Else a page's process keeps all that it loaded, for who would ask for it afterwards. Zero means no limit. */
const noBodies = { maxTotalBufferSize: 1, maxResourceBufferSize: 1 };

/** What a session needs beside its browser. */
export interface SessionNeeds {
  options: Options;
  extras: SessionExtras;
  fetchText: SessionHost['fetchText'];
  tape: Tape | null;
  /** What is its own is closed with the session. */
  route: SessionRoute;
}

interface TabNeeds extends SessionNeeds {
  connections: SharedConnections;
}

/** Opens an isolated context with one page: its own cookies, storage and cache. */
export async function openBrowserSession(
  warm: WarmBrowser,
  needs: SessionNeeds,
  signal: AbortSignal,
): Promise<Session> {
  const context = await openContext(warm, needs, signal).catch(async (error: unknown) => {
    await needs.route.release();
    throw error;
  });
  const end = async (): Promise<void> => {
    await closeContext(warm, context);
    await needs.route.release();
  };
  const connections = new SharedConnections();
  const adopt = (page: Page): Promise<Tab> => makeTab(page, { ...needs, connections }, warm);
  const openTab = async (during: AbortSignal): Promise<Tab> =>
    abortable(adopt(await abortable(context.newPage(), during)), during);
  const state = new ContextState(context);
  answerDialogs(context);
  try {
    await abortable(warm.denyPermissions(context), signal);
    const notTaken = needs.extras.state ? await state.restore(needs.extras.state, signal) : 0;
    const main = await openTab(signal);
    if (notTaken > 0) main.warnings.push(`the browser did not take ${notTaken} of the stored cookies`);
    const close = async (): Promise<void> => {
      await end();
      warm.giveBack();
    };
    return new BrowserSession(main, { openTab, adopt, fetchText: needs.fetchText, state, close });
  } catch (error) {
    await end();
    throw error;
  }
}

async function openContext(
  warm: WarmBrowser,
  { route }: SessionNeeds,
  signal: AbortSignal,
): Promise<BrowserContext> {
  const ownGate = route.isOwn ? route.gate : null;
  const opening = warm.browser.createBrowserContext({
    downloadBehavior: { policy: 'deny' },
    ...(ownGate && contextProxy(ownGate)),
  });
  return abortable(opening, signal).catch((error: unknown) => {
    opening.then((late) => closeContext(warm, late)).catch(() => warm.retire());
    throw error;
  });
}

async function makeTab(
  page: Page,
  { options, extras, tape, route, connections }: TabNeeds,
  { guards }: WarmBrowser,
): Promise<Tab> {
  if (tape) await tapePage(page, tape);
  await ownClient(page).send('Network.enable', noBodies);
  const loading = await PageLoading.watch(page, { gate: route.gate, connections });
  await applyOptions(page, options);
  if (extras.ownHeaders) await sendOwnHeaders(page, extras.ownHeaders);
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
