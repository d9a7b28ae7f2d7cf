import { serveSite, page, type Page } from '@runnel/testing';
import puppeteer from 'puppeteer';
import { findBrowser } from '../src';
import { sendOwnHeaders } from '../src/send-own-headers';

test('lab', async () => {
  const { PATH: searchPath = '', PUPPETEER_EXECUTABLE_PATH: executablePath = null } = process.env;
  const { path, environment } = await findBrowser({ executablePath, searchPath });
  const browser = await puppeteer.launch({ executablePath: path, headless: 'shell', args: ['--no-sandbox', '--site-per-process'], env: { ...process.env, ...environment } });
  const seen: string[] = [];
  const told = (html: string): Page => (request, response) => { seen.push(`${request.headers.host} ${request.url} ${request.headers['x-secret']}`); response.writeHead(200, {'content-type': 'text/html'}).end(html); };
  const pages: Record<string, Page> = {};
  const site = await serveSite(pages); 
  await site.close();
  const s = await serveSite({
    '/frame': told(page(`<img src="/in-frame.png"><script>const w = new Worker(URL.createObjectURL(new Blob(['onmessage = ({data}) => fetch(data).finally(() => postMessage(1))']))); w.postMessage(location.origin + '/w'); fetch('/f')</script>`)),
    '/in-frame.png': told('x'), '/w': told('x'), '/f': told('x'),
    '/top': told('<h1>t</h1><iframe id=a></iframe><script>a.src = location.href.replace("localhost","127.0.0.1").replace("top","frame")</script>'),
  });
  const p = await browser.newPage();
  await sendOwnHeaders(p, { site: new URL(s.url), headers: { 'x-secret': 'S' } });
  await p.goto(s.url.replace('127.0.0.1', 'localhost') + '/top', { waitUntil: 'networkidle0' });
  console.log(seen.join('\n'), browser.targets().map((t) => t.type() + ' ' + t.url()));
  await browser.close(); await s.close();
});
