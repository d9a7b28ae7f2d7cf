import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a path answers: a page, or anything at all. */
export type Page = string | ((request: IncomingMessage, response: ServerResponse) => void);

export interface Site {
  url: string;
  /** Paths that were asked for, in order. */
  asked: string[];
  /** What a path answers from now on. */
  replace(path: string, page: Page): void;
  close(): Promise<void>;
}

/** A site of a few pages on a free port; what it does not have is 404. */
export async function serveSite(given: Record<string, Page>): Promise<Site> {
  const pages = { ...given };
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const page = pages[request.url ?? ''];
    if (typeof page === 'function') return page(request, response);
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(page ?? '<!doctype html><title>Not found</title><h1>Not found</h1>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    replace: (path, page) => {
      pages[path] = page;
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A whole document around a body. */
export function page(body: string, title = 'A page'): string {
  return `<!doctype html><html><head><meta charset="utf-8"><title>${title}</title></head><body>${body}</body></html>`;
}

/** Answers never. */
export const hangs: Page = () => undefined;

export function answersWith(status: number): Page {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'text/html' });
    response.end(page(`<h1>${status}</h1>`));
  };
}
