import { TargetType, type BrowserContext, type Dialog, type Target } from 'puppeteer';

/**
 * A dialog that nobody answers would hold its page for ever, and with it all that its process shows: "Leave this
 * page?" gets a yes, all others a no; also in tabs that pages open.
 */
export function answerDialogs(context: BrowserContext): void {
  context.on('targetcreated', (target: Target) => {
    if (target.type() !== TargetType.PAGE) return;
    target.page().then(
      (page) => page?.on('dialog', answer),
      () => null,
    );
  });
}

function answer(dialog: Dialog): void {
  const answered = dialog.type() === 'beforeunload' ? dialog.accept() : dialog.dismiss();
  answered.catch(() => null);
}
