import { TargetType, type BrowserContext, type CDPSession, type Target } from 'puppeteer';

/**
 * A dialog that nobody answers would hold its page for ever, and with it all that its process shows: "Leave this
 * page?" gets a yes, all others a no; also in tabs that pages open. They are heard before Puppeteer makes its page of
 * the tab: a dialog that comes meanwhile would hold that up as well.
 */
export function answerDialogs(context: BrowserContext): void {
  context.on('targetcreated', (target: Target) => {
    if (target.type() !== TargetType.PAGE) return;
    const client = sessionOf(target);
    client?.on('Page.javascriptDialogOpening', ({ type }) => {
      client.send('Page.handleJavaScriptDialog', { accept: type === 'beforeunload' }).catch(() => null);
    });
  });
}

/** The session that Puppeteer itself has with a target. */
function sessionOf(target: Target): CDPSession | undefined {
  return (target as unknown as { _session(): CDPSession | undefined })._session();
}
