import { once } from 'node:events';
import { brotliCompressSync, createGzip, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { parseDefinition, type Dom, type Options, type Session } from '@runnel/contracts';
import { AllowedHosts, Egress } from '@runnel/egress';
import { parseHtml } from '@runnel/extraction';
import { aDocument, page, serveSite, type Page, type Site } from '@runnel/testing';
import { HttpSessions } from '../src/http/http-sessions';

const egress = new Egress({ allow: AllowedHosts.parse('localhost, 127.0.0.1') });
const signal = new AbortController().signal;
const options: Options = parseDefinition(aDocument()).definition!.options;
const MiB = 1024 * 1024;

const bytes =
  (contentType: string | null, body: string | Uint8Array, headers: Record<string, string> = {}): Page =>
  (_request, response) => {
    response.writeHead(200, { ...(contentType !== null && { 'content-type': contentType }), ...headers });
    response.end(body);
  };
const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');
const compressed = (coding: string, body: Uint8Array): Page =>
  bytes('text/html; charset=utf-8', body, { 'content-encoding': coding });

const text = <Node>(dom: Dom<Node>, selector: string): string | null => {
  const inner = (node: Node): string => dom.text(node) ?? dom.children(node).map(inner).join('');
  const [found] = dom.select(dom.document, selector);
  return found === undefined ? null : inner(found);
};
const html = <Node>(dom: Dom<Node>): string => dom.outerHtml(dom.document);

let site: Site;
let sessions: HttpSessions;
let session: Session;

/** What the first `selector` of a page says. */
async function read(path: string, selector = 'p'): Promise<string | null> {
  await session.navigate(`${site.url}${path}`, { signal });
  return session.ask(text, selector, { signal });
}

const opens = (path: string) =>
  session.navigate(`${site.url}${path}`, { signal: AbortSignal.timeout(20_000) });
const failsWith = (code: string, message: RegExp) => ({
  failure: { code, message: expect.stringMatching(message) as string },
});

async function gzipBomb(): Promise<Buffer> {
  const gzip = createGzip();
  const parts: Buffer[] = [];
  gzip.on('data', (part: Buffer) => parts.push(part));
  for (let at = 0; at < 200; at += 1) if (!gzip.write(Buffer.alloc(MiB, 'a'))) await once(gzip, 'drain');
  gzip.end();
  await once(gzip, 'end');
  return Buffer.concat(parts);
}

beforeAll(async () => {
  const bomb = await gzipBomb();
  const story = page(`<p>${'é€ '.repeat(3000)}</p>`);
  const gzip = gzipSync(story);
  site = await serveSite({
    '/header': bytes('text/html; charset=windows-1251', Buffer.from([0x3c, 0x70, 0x3e, 0xcf, 0xf0, 0xe8])),
    '/quoted': bytes('text/html; charset="UTF-8"', '<p>é€'),
    '/meta': bytes('text/html', '<meta charset="utf-8"><p>é€'),
    '/pragma': bytes(
      'text/html',
      latin('<meta http-equiv="content-type" content="text/html; charset=iso-8859-2"><p>\xb9'),
    ),
    '/header-over-meta': bytes('text/html; charset=utf-8', '<meta charset="windows-1251"><p>é€'),
    '/mark': bytes('text/html; charset=windows-1251', utf16('<p>é€')),
    '/mark-8': bytes('text/html; charset=windows-1251', '\ufeff<p>é€'),
    '/none': bytes('text/html', Buffer.from([0x3c, 0x70, 0x3e, 0x80, 0x20, 0xe9])),
    '/label': bytes('text/html; charset=no-such-thing', '<meta charset="utf-8"><p>é€'),
    '/label-only': bytes('text/html; charset=no-such-thing', latin('<p>\xe9')),
    '/broken': bytes('text/html; charset=utf-8', Buffer.from([0x3c, 0x70, 0x3e, 0x61, 0xff, 0x62])),
    '/iso-8859-16': bytes('text/html; charset=iso-8859-16', '<p>plain'),
    '/shift-jis': bytes('text/html; charset=Shift_JIS', Buffer.from([0x3c, 0x70, 0x3e, 0x93, 0xfa])),

    '/gzip': compressed('gzip', gzip),
    '/x-gzip': compressed('x-gzip', gzip),
    '/deflate': compressed('deflate', deflateSync(story)),
    '/raw-deflate': compressed('deflate', deflateRawSync(story)),
    '/br': compressed('br', brotliCompressSync(story)),
    '/twice': compressed('gzip, br', brotliCompressSync(gzip)),
    '/short-gzip': compressed('gzip', gzip.subarray(0, gzip.length - 8)),
    '/no-gzip': compressed('gzip', Buffer.from(story)),
    '/empty-deflate': compressed('deflate', Buffer.alloc(0)),
    '/unknown-coding': compressed('rot13', Buffer.from(story)),

    '/bomb': compressed('gzip', bomb),
    '/bomb-in-bomb': compressed('gzip, gzip', gzipSync(bomb)),
    '/large': bytes('text/html; charset=utf-8', page(`<i>${'x'.repeat(9 * MiB)}</i><p>the end</p>`)),
    '/too-large': bytes('text/html', page('y'.repeat(11 * MiB))),
    '/endless': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      const timer = setInterval(() => response.write('<p>more</p>'), 5);
      response.on('close', () => clearInterval(timer));
    },
    '/short': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html', 'content-length': 5000 });
      response.write('<p>begun');
      setTimeout(() => response.destroy(), 50);
    },
    '/short-chunks': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.write('<p>begun');
      setTimeout(() => response.destroy(), 50);
    },
    '/broken-chunks': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html', 'transfer-encoding': 'chunked' });
      response.flushHeaders();
      response.socket?.end('5\r\n<p>be\r\nzz\r\n');
    },
    '/reset': ({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<p>begun');
      setTimeout(() => socket.resetAndDestroy(), 100);
    },
    '/until-closed': (_request, response) => {
      response.socket?.end('HTTP/1.0 200 OK\r\ncontent-type: text/html\r\n\r\n<p>whole');
    },

    '/xhtml': bytes(
      'application/xhtml+xml',
      '<html xmlns="http://www.w3.org/1999/xhtml"><body><p>x</p></body></html>',
    ),
    '/json': bytes('application/json', '{"a":"é<b>&amp;"}'),
    '/plain': bytes('text/plain; charset=utf-8', '\nfirst <b> line'),
    '/feed': bytes('application/rss+xml; charset=utf-8', '<rss><item>1</item></rss>'),
    '/untyped': bytes(null, '<div><p>html</p></div>'),
    '/untyped-text': bytes(null, 'just text'),
    '/untyped-bytes': bytes(null, Buffer.from([0x50, 0x4b, 0x03, 0x04])),
    '/bytes-as-text': bytes('text/plain', Buffer.from([0x50, 0x4b, 0x03, 0x04])),
    '/xml': bytes('application/xml', '<a><b/></a>'),
    '/zip': bytes('application/zip', 'PK'),
    '/pdf': bytes('application/pdf', '%PDF'),
    '/image': bytes('image/png', Buffer.from([0x89])),
    '/csv': bytes('text/csv', 'a,b'),
    '/attachment': bytes('text/html', page('x'), { 'content-disposition': 'attachment; filename="x.html"' }),
    '/inline': bytes('text/html', page('<p>in</p>'), { 'content-disposition': 'inline; filename="x.html"' }),
    '/204': (_request, response) => response.writeHead(204).end(),
    '/empty': bytes('text/html', ''),
  });
  sessions = new HttpSessions({ egress, parseHtml });
});

beforeEach(async () => {
  session = await sessions.open(options, signal);
});
afterEach(() => session.close());
afterAll(async () => {
  await sessions.close();
  await site.close();
});

describe('the encoding of a page', () => {
  test.each([
    ['/header', 'При'],
    ['/quoted', 'é€'],
    ['/meta', 'é€'],
    ['/pragma', 'š'],
    ['/header-over-meta', 'é€'],
    ['/mark', 'é€'],
    ['/mark-8', 'é€'],
    ['/none', '€ é'],
    ['/label', 'é€'],
    ['/label-only', 'é'],
    ['/broken', 'a\ufffdb'],
    ['/iso-8859-16', 'plain'],
    ['/shift-jis', '日'],
  ])('%s is read as a browser reads it', async (path, expected) => {
    expect(await read(path)).toBe(expected);
  });
});

describe('the compression of a page', () => {
  test.each([
    '/gzip',
    '/x-gzip',
    '/deflate',
    '/raw-deflate',
    '/br',
    '/twice',
    '/short-gzip',
    '/unknown-coding',
  ])('%s is undone', async (path) => {
    expect(await read(path)).toBe('é€ '.repeat(3000));
  });

  test('what is not compressed as it says is no page', async () => {
    await expect(opens('/no-gzip')).rejects.toMatchObject(failsWith('NAVIGATION_FAILED', /CONTENT_DECODING/));
  });

  test('a compressed body of nothing is an empty page', async () => {
    expect(await read('/empty-deflate', 'body')).toBe('');
  });
});

describe('the size of a page', () => {
  test('9 MiB are read', async () => {
    let last = '';
    const reading = new HttpSessions({
      egress,
      parseHtml: (found) => {
        last = found.html;
        return parseHtml(found);
      },
    });
    const reader = await reading.open(options, signal);
    await reader.navigate(`${site.url}/large`, { signal });
    expect(last).toHaveLength(page(`<i></i><p>the end</p>`).length + 9 * MiB);
    expect(last).toMatch(/<p>the end<\/p><\/body><\/html>$/);
    await reading.close();
  });

  test.each(['/too-large', '/bomb', '/bomb-in-bomb'])('%s ends at 10 MiB', async (path) => {
    await expect(opens(path)).rejects.toMatchObject(failsWith('PAGE_TOO_LARGE', /larger than 10 MiB/));
    expect(await session.ask(html, null, { signal })).toBe('<html><head></head><body></body></html>');
  });

  test('a page without end ends with its time', async () => {
    const opening = session.navigate(`${site.url}/endless`, { signal: AbortSignal.timeout(300) });
    await expect(opening).rejects.toMatchObject(failsWith('NAVIGATION_TIMEOUT', /no whole document in time/));
  });

  test('a run that ends while a page comes ends the page, with the reason of the run', async () => {
    const over = new AbortController();
    const opening = session.navigate(`${site.url}/endless`, { signal: over.signal });
    setTimeout(() => over.abort(new Error('the run was aborted')), 100);
    await expect(opening).rejects.toThrow('the run was aborted');
  });

  test.each(['/short', '/short-chunks', '/broken-chunks', '/reset'])('%s was cut off', async (path) => {
    const cutOff = failsWith('NAVIGATION_FAILED', /: the document was cut off$/);
    await expect(opens(path)).rejects.toMatchObject(cutOff);
  });

  test('a body that ends with its connection is whole where HTTP/1.0 says so', async () => {
    expect(await read('/until-closed')).toBe('whole');
  });
});

describe('what a site may send', () => {
  test.each([
    ['/xhtml', 'p', 'x'],
    ['/json', 'pre', '{"a":"é<b>&amp;"}'],
    ['/plain', 'pre', '\nfirst <b> line'],
    ['/feed', 'pre', '<rss><item>1</item></rss>'],
    ['/untyped', 'p', 'html'],
    ['/untyped-text', 'pre', 'just text'],
    ['/inline', 'p', 'in'],
    ['/empty', 'body', ''],
  ])('%s is a document', async (path, selector, expected) => {
    expect(await read(path, selector)).toBe(expected);
  });

  test.each(['/zip', '/pdf', '/image', '/csv', '/attachment', '/204', '/untyped-bytes', '/bytes-as-text'])(
    '%s gives no document, and leaves the page that is open',
    async (path) => {
      await read('/meta');
      const noDocument = failsWith('URL_INVALID', /it gives no document: a download, or nothing at all$/);
      await expect(opens(path)).rejects.toMatchObject(noDocument);
      expect(session.url()).toBe(`${site.url}/meta`);
      expect(await session.ask(text, 'p', { signal })).toBe('é€');
    },
  );

  test('a document of XML is left to browsers', async () => {
    await expect(opens('/xml')).rejects.toMatchObject(failsWith('NEEDS_BROWSER', /XML/));
  });
});
