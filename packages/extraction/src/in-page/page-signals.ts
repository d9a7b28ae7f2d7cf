import type { Dom } from '@runnel/contracts';

/** What tells why a page is not the one that was wanted. */
export interface PageSignals {
  /** The document's title, white space folded. */
  title: string;
  /** True when a field for a password can be seen. */
  hasPasswordField: boolean;
  /** The name of the question that asks for a person; null when none is seen. */
  captcha: string | null;
}

/** A question: it closes over nothing. */
export function pageSignals<Node>(dom: Dom<Node>): PageSignals {
  /** Names by what their scripts and frames are loaded from, and the elements that they fill. */
  const makers = [
    [
      'Cloudflare',
      /\/cdn-cgi\/challenge-platform\//,
      '#challenge-form, #challenge-running, #cf-challenge-running, .cf-error-details #captcha-bypass',
    ],
    ['Turnstile', /challenges\.cloudflare\.com\/turnstile/, '.cf-turnstile'],
    ['hCaptcha', /\bhcaptcha\.com\//, '.h-captcha'],
    [
      'reCAPTCHA',
      /\/recaptcha\/(api2?|enterprise)\/(anchor|bframe)/,
      '.g-recaptcha:not([data-size="invisible"])',
    ],
    ['DataDome', /(geo\.)?captcha-delivery\.com\//, '#datadome-captcha'],
    ['PerimeterX', /(captcha\.px-(cdn|cloud)\.net|perimeterx\.net)\//, '#px-captcha'],
    [
      'AWS WAF',
      /\.awswaf\.com\/.{0,500}(captcha|challenge)/,
      '#captcha-container awswaf-captcha, awswaf-captcha',
    ],
    ['Arkose', /(arkoselabs|funcaptcha)\.com\//, '#FunCaptcha, #funcaptcha'],
    ['generic', /\/captcha\//, '#captcha, .captcha, form[action*="captcha" i], input[name*="captcha" i]'],
  ] as const;
  const blockingTitles = [
    ['Cloudflare', /^(just a moment|attention required! \| cloudflare|please wait\.\.\. \| cloudflare)/i],
    [
      'generic',
      /^(are you (a )?(robot|human)|robot check|human verification|security check|verify(ing)? (that )?you are (a )?human|bot verification|captcha|access to this page has been denied)\b/i,
    ],
  ] as const;

  function isSeen(selector: string): boolean {
    return dom.select(dom.document, selector).some((element) => dom.isShown(element));
  }

  function titleText(): string {
    const title = dom.select(dom.document, 'title:not(svg *)')[0];
    const texts = title === undefined ? [] : dom.children(title).map((child) => dom.text(child) ?? '');
    return texts.join('').replace(/\s+/g, ' ').trim();
  }

  function captchaOf(title: string): string | null {
    const byTitle = blockingTitles.find(([, pattern]) => pattern.test(title));
    const frames = dom.select(dom.document, 'iframe[src]').filter((frame) => dom.isShown(frame));
    const scripts = dom.select(dom.document, 'script[src]');
    // A script of these may also guard a form that nobody sees; that of a challenge page is its reason to be.
    const sources = (byTitle ? [...frames, ...scripts] : frames).map(
      (each) => dom.attribute(each, 'src') ?? '',
    );
    const maker = makers.find(
      ([, source, selector]) => sources.some((each) => source.test(each)) || isSeen(selector),
    );
    if (maker && (maker[0] !== 'generic' || !byTitle)) return maker[0];
    return byTitle?.[0] ?? null;
  }

  const title = titleText();
  return { title, hasPasswordField: isSeen('input[type="password" i]'), captcha: captchaOf(title) };
}
