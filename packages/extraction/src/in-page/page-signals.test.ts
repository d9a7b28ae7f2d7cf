import { parseHtml } from '../parsed/parse-html';
import { pageSignals } from './page-signals';

const signals = (html: string) => parseHtml({ html, url: 'https://example.test/' }).ask(pageSignals, null);

test.each([
  [
    '<title>Just a moment...</title><script src="/cdn-cgi/challenge-platform/h/b/orchestrate"></script>',
    'Cloudflare',
  ],
  ['<title>Just a moment...</title>', 'Cloudflare'],
  ['<div class="cf-turnstile"></div>', 'Turnstile'],
  ['<iframe src="https://newassets.hcaptcha.com/captcha/v1/x"></iframe>', 'hCaptcha'],
  ['<div class="g-recaptcha" data-sitekey="k"></div>', 'reCAPTCHA'],
  ['<iframe src="https://geo.captcha-delivery.com/captcha/?x"></iframe>', 'DataDome'],
  ['<div id="px-captcha"></div>', 'PerimeterX'],
  [
    '<title>Human Verification</title><script src="https://x.token.awswaf.com/x/challenge.js"></script>',
    'AWS WAF',
  ],
  ['<iframe src="https://client-api.arkoselabs.com/fc/"></iframe>', 'Arkose'],
  ['<form><img src="x.png"><input name="captcha_code"></form>', 'generic'],
  ['<title>Robot Check</title>', 'generic'],
  ['<title>Books</title><script src="https://www.google.com/recaptcha/api.js"></script>', null],
  ['<div class="g-recaptcha" data-size="invisible"></div>', null],
  ['<div class="g-recaptcha" style="display: none"></div>', null],
])('%s is a captcha of %s', (html, captcha) => expect(signals(html).captcha).toBe(captcha));

test('a field for a password counts when it can be seen', () => {
  expect(signals('<title> Sign\n in </title><input type=password>')).toEqual({
    title: 'Sign in',
    hasPasswordField: true,
    captcha: null,
  });
  expect(signals('<div hidden><input type="Password"></div>').hasPasswordField).toBe(false);
});
