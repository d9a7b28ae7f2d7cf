import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const items = Array.from(
  { length: 24 },
  (_, index) => `<article class="product"><h2><a href="/tea/${index}">Tea number ${index}</a></h2>
    <p class="price">£${index + 1}.50</p><p class="origin">Somewhere in the hills, at a height of ${index * 100} metres</p></article>`,
);
const page = `<!doctype html><html><head><meta charset="utf-8"><title>Teas</title></head><body><main>${items.join('\n')}</main></body></html>`;

/** The site of the `engines` benchmark: one page, served by a process that nobody measures. */
const server = createServer((request, response) => {
  const found = request.url !== '/robots.txt';
  response.writeHead(found ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' });
  response.end(found ? page : '');
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit());
