import { isUrl } from '@runnel/contracts';
import type { RequestListener, ServerResponse } from 'node:http';
import { ports, type LabNetwork } from './lab-network';
import { pageWays, secureWays, thoroughWays, wayWords } from './page-ways';
import { fewForms, manyForms, wayMark, type UrlForm } from './url-forms';

/** Forms that a page asks for, and the address that shows that its ways work. */
export interface HostileTargets {
  forms: UrlForm[];
  /** Asked for last, by every way. */
  control: string;
}

/** How the address of the control is written, for every way. */
export function controlUrl({ control }: LabNetwork): string {
  return `http://${control}:${ports.http}/hit/${wayMark}/control`;
}

/** Answers as a site that wants what is inside. */
export function hostileSite(targets: HostileTargets): RequestListener {
  return (request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://site');
    const to = decodeURIComponent(search.slice(1));
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.setHeader('access-control-allow-origin', '*');
    const [, page = '', code = ''] = pathname.split('/');
    answers[page]?.({ response, to, code, targets });
    if (response.writableEnded) return;
    const isStream = request.headers.accept === 'text/event-stream';
    response.writeHead(isStream ? 204 : 200).end('<!doctype html><title>Site</title><h1>Here</h1>');
  };
}

interface Asked {
  response: ServerResponse;
  to: string;
  code: string;
  targets: HostileTargets;
}

const answers: Record<string, (asked: Asked) => unknown> = {
  to: ({ response, to, code }) => response.writeHead(Number(code) || 302, { location: latin(to) }).end(),
  meta: ({ response, to }) =>
    response.end(`<meta http-equiv="refresh" content="0;url=${to.replaceAll('"', '&quot;')}">`),
  refresh: ({ response, to }) => response.setHeader('refresh', `0;url=${latin(to)}`),
  link: ({ response, to }) => response.setHeader('link', `<${latin(to)}>; rel=preload; as=image`),
  csp: ({ response, to }) => {
    response.setHeader('content-security-policy', `img-src 'none'; report-uri ${latin(to)}`);
    response.end('<!doctype html><img src="/x.png">');
  },
  jump: ({ response, to }) =>
    response.end(`<!doctype html><script>location = ${JSON.stringify(to)}</script>`),
  links: ({ response, to }) =>
    response.end(`<!doctype html><h1>Links</h1><ul><li><a href="${to}">inside</a></li></ul>`),
  'robots.txt': ({ response, targets }) => {
    response.setHeader('content-type', 'text/plain');
    // The product reads the first fifty.
    const sitemaps = [targets.control, ...manyForms(targets.forms)].map(
      (url) => `Sitemap: ${by('sitemap', url)}`,
    );
    response.end(`User-agent: *\nAllow: /\n${sitemaps.join('\n')}`);
  },
  ways: ({ response, targets }) => response.end(waysPage(targets)),
  secure: ({ response }) =>
    response.end(`<!doctype html><script>navigator.serviceWorker.register('/worker.js')</script>`),
  'worker.js': ({ response, targets }) => {
    response.setHeader('content-type', 'text/javascript');
    response.end(program(secureWays, targets));
  },
};

/** A header holds no letters beyond Latin: they are encoded as a browser would. */
function latin(url: string): string {
  return isUrl(url) ? new URL(url).href : '/';
}

export function by(way: string, url: string): string {
  return url.replaceAll(wayMark, encodeURIComponent(way));
}

function waysPage(targets: HostileTargets): string {
  return `<!doctype html><title>Ways</title><body><h1>Here</h1><script>${wayWords}${program(pageWays, targets)}</script>`;
}

/** Tries every way with every form that it is worth, and with the control at last. */
function program(ways: Record<string, string>, { forms, control }: HostileTargets): string {
  const all = forms.map(({ url }) => url);
  const few = fewForms(forms);
  const fire = Object.entries(ways).map(
    ([name, code]) =>
      `[${JSON.stringify(name)}, ${thoroughWays.has(name) ? 'all' : 'few'}, (url, host) => { ${code} }]`,
  );
  return `
const all = ${JSON.stringify(all)}, few = ${JSON.stringify(few)};
const control = ${JSON.stringify(control)};
const hostOf = (url) => { try { return new URL(url).hostname } catch { return url } };
const pause = () => new Promise((resolve) => setTimeout(resolve, 20));
(async () => {
  for (const [name, forms, fire] of [${fire.join(',\n')}]) {
    let fired = 0;
    for (const form of [...forms, control]) {
      const url = form.replaceAll('${wayMark}', encodeURIComponent(name));
      try { fire(url, hostOf(url)); } catch {}
      if ((fired += 1) % 40 === 0) await pause();
    }
    await pause();
  }
})();
`;
}
