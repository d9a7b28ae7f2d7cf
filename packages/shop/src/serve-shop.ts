import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { listingPage, productPage, reviewsScript } from './pages';
import { product, type Product } from './products';

export interface ShopOptions {
  /** How many products it sells. */
  products?: number;
  perPage?: number;
  /** Milliseconds before each answer. */
  delayMs?: number;
}

export interface Shop {
  url: string;
  products: Product[];
  close(): Promise<void>;
}

interface Answer {
  status: number;
  type: string;
  body: string;
}

/** A small shop on a free port of this machine: a listing over several pages, detail pages, reviews drawn by a script. */
export async function serveShop({
  products: count = 24,
  perPage = 8,
  delayMs = 0,
}: ShopOptions = {}): Promise<Shop> {
  const products = Array.from({ length: count }, (_, index) => product(index));
  const server = createServer((request, response) => {
    void sleep(delayMs).then(() => send(response, answer(request, products, perPage)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    products,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(request: IncomingMessage, products: Product[], perPage: number): Answer {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://shop');
  if (pathname === '/') return listing(products, perPage, Number(searchParams.get('page') ?? 1));
  if (pathname === '/reviews.js') return { status: 200, type: 'text/javascript', body: reviewsScript };
  const [, slug, part] = /^\/products\/([\w-]+)(\/reviews\.json)?$/.exec(pathname) ?? [];
  const found = products.find((candidate) => candidate.slug === slug);
  if (!found) return html('<!doctype html><title>Not found</title><h1>Not found</h1>', 404);
  if (part) return { status: 200, type: 'application/json', body: JSON.stringify(found.reviews) };
  return html(productPage(found));
}

function listing(products: Product[], perPage: number, page: number): Answer {
  const pages = Math.ceil(products.length / perPage);
  if (!(page >= 1 && page <= pages)) return html('<!doctype html><title>No such page</title>', 404);
  return html(listingPage(products.slice((page - 1) * perPage, page * perPage), page, pages));
}

function html(body: string, status = 200): Answer {
  return { status, type: 'text/html; charset=utf-8', body };
}

function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, { 'content-type': type });
  response.end(body);
}
