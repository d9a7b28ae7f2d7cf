import { ports } from './lab-network';

/** What a page does to have `url` asked for, as it would be written in one; `host` is its host alone. */
export const pageWays: Record<string, string> = {
  fetch: `fetch(url, { mode: 'no-cors' })`,
  'fetch with keepalive': `fetch(url, { mode: 'no-cors', keepalive: true, method: 'POST', body: 'x' })`,
  XMLHttpRequest: `const x = new XMLHttpRequest(); x.open('GET', url); x.send()`,
  img: `new Image().src = url`,
  srcset: `const i = new Image(); i.srcset = url + ' 1x'; document.body.append(i)`,
  'input image': `add('input', { type: 'image', src: url })`,
  'svg image': `add('div').innerHTML = '<svg><image href="' + url + '"/></svg>'`,
  'background attribute': `add('table').setAttribute('background', url)`,
  script: `add('script', { src: url })`,
  'module script': `add('script', { type: 'module', src: url })`,
  'dynamic import': `import(url)`,
  beacon: `navigator.sendBeacon(url, 'x')`,
  ping: `const a = add('a', { href: 'javascript:void 0' }); a.setAttribute('ping', url); a.click()`,
  EventSource: `new EventSource(url)`,
  WebSocket: `new WebSocket(url.replace(/^http/i, 'ws'))`,
  'style sheet': `add('link', { rel: 'stylesheet', href: url })`,
  '@import': `add('style').textContent = '@import url("' + url + '");'`,
  'CSS image': `add('div').style.backgroundImage = 'url("' + url + '")'`,
  'CSS font': `const f = 'f' + Math.random().toString(36).slice(2);
    add('style').textContent = '@font-face{font-family:' + f + ';src:url("' + url + '")}';
    const s = add('span'); s.style.fontFamily = f; s.textContent = 'x'`,
  video: `add('video', { src: url, preload: 'auto' }).load()`,
  audio: `add('audio', { src: url, preload: 'auto' }).load()`,
  poster: `add('video', { poster: url })`,
  track: `const v = add('video', { crossOrigin: 'anonymous' }); const t = document.createElement('track');
    t.default = true; t.src = url; v.append(t); t.track.mode = 'showing'`,
  object: `add('object', { type: 'image/png', data: url })`,
  embed: `add('embed', { type: 'image/png', src: url })`,
  prefetch: `add('link', { rel: 'prefetch', href: url })`,
  preload: `add('link', { rel: 'preload', as: 'image', href: url })`,
  modulepreload: `add('link', { rel: 'modulepreload', href: url })`,
  'speculation rules': `add('script', { type: 'speculationrules', textContent: JSON.stringify({ prefetch:
    [{ source: 'list', urls: [url], eagerness: 'immediate' }], prerender:
    [{ source: 'list', urls: [url], eagerness: 'immediate' }] }) })`,
  prerender: `add('link', { rel: 'prerender', href: url })`,
  preconnect: `add('link', { rel: 'preconnect', href: url.replace(/:${ports.http}\\//, ':${ports.preconnect}/') })`,
  'dns-prefetch': `add('link', { rel: 'dns-prefetch', href: url })`,
  favicon: `add('link', { rel: 'icon', href: url })`,
  manifest: `add('link', { rel: 'manifest', href: url })`,
  worker: `inWorker('fetch(' + JSON.stringify(url) + ', { mode: "no-cors" }).catch(() => 0)')`,
  importScripts: `inWorker('try { importScripts(' + JSON.stringify(url) + ') } catch {}')`,
  'WebSocket of a worker': `inWorker('new WebSocket(' + JSON.stringify(url.replace(/^http/i, 'ws')) + ')')`,
  'shared worker': `new SharedWorker('data:text/javascript,' + encodeURIComponent(
    'fetch(' + JSON.stringify(url) + ', { mode: "no-cors" }).catch(() => 0)'))`,
  iframe: `add('iframe', { src: url })`,
  frame: `add('iframe', { srcdoc: '<frameset><frame src="' + url + '"></frameset>' })`,
  srcdoc: `add('iframe', { srcdoc: '<img src="' + url + '">' })`,
  'frame of a blob': `add('iframe', { src: URL.createObjectURL(new Blob(['<img src="' + url + '">'],
    { type: 'text/html' })) })`,
  'sandboxed frame': `const f = document.createElement('iframe'); f.sandbox = 'allow-scripts';
    f.srcdoc = '<script>fetch("' + url + '", { mode: "no-cors" })</' + 'script>'; document.body.append(f)`,
  'form by GET': `form(url, 'get')`,
  'form by POST': `form(url, 'post')`,
  'link click': `const f = frame(); add('a', { href: url, target: f.name }).click()`,
  'location of a frame': `frame().contentWindow.location = url`,
  'meta refresh': `add('iframe', { src: '/meta?' + encodeURIComponent(url) })`,
  'Refresh header': `add('iframe', { src: '/refresh?' + encodeURIComponent(url) })`,
  'Link header': `add('iframe', { src: '/link?' + encodeURIComponent(url) })`,
  'CSP report': `add('iframe', { src: '/csp?' + encodeURIComponent(url) })`,
  'window.open': `window.open(url)`,
  'WebRTC: STUN': `ice({ urls: 'stun:' + host + ':${ports.rtc}' })`,
  'WebRTC: TURN over UDP': `ice({ urls: 'turn:' + host + ':${ports.rtc}', username: 'a', credential: 'b' })`,
  'WebRTC: TURN over TCP': `ice({ urls: 'turn:' + host + ':${ports.rtc}?transport=tcp', username: 'a',
    credential: 'b' })`,
};

/** Ways that try every form; the others, which read addresses by the same reader, try the common ones. */
export const thoroughWays = new Set(['fetch', 'img', 'WebSocket', 'service worker']);

/**
 * Ways that this browser does not go: a headless shell shows no icons and reads no manifests, and our switches keep
 * it from guessing what will be asked for. They are tried, and nothing may come of them.
 */
export const silentWays = new Set([
  'speculation rules',
  'prerender',
  'preconnect',
  'dns-prefetch',
  'favicon',
  'manifest',
]);

/** Ways over UDP, which no proxy carries: where there is a guard they reach nothing at all. */
export const datagramWays = new Set(['WebRTC: STUN', 'WebRTC: TURN over UDP']);

/** What a service worker asks for; it needs a secure page. */
export const secureWays: Record<string, string> = {
  'service worker': `fetch(url, { mode: 'no-cors' }).catch(() => 0)`,
  'WebSocket of a service worker': `try { new WebSocket(url.replace(/^http/i, 'ws')) } catch {}`,
};

/** In the page that uses the ways. */
export const wayWords = `
const add = (name, parts = {}) => {
  const element = Object.assign(document.createElement(name), parts);
  document.body.append(element);
  return element;
};
let frames = 0;
const frame = () => add('iframe', { name: 'frame' + (frames += 1) });
const form = (action, method) => {
  const f = frame();
  const sent = add('form', { action, method, target: f.name });
  sent.append(Object.assign(document.createElement('input'), { name: 'a', value: 'b' }));
  sent.submit();
};
let worker = null;
const inWorker = (code) => {
  worker ??= new Worker(URL.createObjectURL(new Blob(['onmessage = ({ data }) => eval(data)'])));
  worker.postMessage(code);
};
const ice = (server) => {
  const connection = new RTCPeerConnection({ iceServers: [server] });
  connection.createDataChannel('x');
  connection.createOffer().then((offer) => connection.setLocalDescription(offer));
};
`;
