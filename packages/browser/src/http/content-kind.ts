/** What a browser makes of an answer: a document from HTML, text in a document, a tree of XML, or nothing to show. */
export type ContentKind = 'html' | 'text' | 'json' | 'xml' | 'download';

/** Texts that browsers hand to other programs. */
const handedOn = new Set(
  (
    'calendar x-calendar x-vcalendar vcalendar vcard x-vcard directory ldif qif x-qif x-csv x-vcf rtf ' +
    'comma-separated-values csv tab-separated-values tsv ofx vnd.sun.j2me.app-descriptor x-ms-iqy x-ms-odc'
  )
    .split(' ')
    .map((name) => `text/${name}`),
);
const kinds: [RegExp, ContentKind][] = [
  [/^(text\/html|application\/xhtml\+xml)$/, 'html'],
  // Chromium shows feeds as their source.
  [/^application\/(rss|atom)\+xml$/, 'text'],
  [/^((text|application)\/xml|[^\s/]+\/\S+\+xml)$/, 'xml'],
  [/^((text|application)\/json|[^\s/]+\/\S+\+json)$/, 'json'],
  [/^(text\/\S+|application\/(x-)?(java|ecma)script)$/, 'text'],
];

const sniffedBytes = 1024;
const beginsLikeHtml =
  /^\s*<(!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p)[\s>]|^\s*<!--/i;
/** These stand in no text, whatever its encoding. */
const binaryBytes = new Set([...Array(9).keys(), 0x0b, ...range(0x0e, 0x1a), ...range(0x1c, 0x1f)]);

/** The type without its parameters, lower case; empty when it is none. */
export function mimeTypeOf(contentType: string): string {
  const [type = ''] = contentType.split(';', 1);
  return /^\s*[^\s/]+\/[^\s/]+\s*$/.test(type) ? type.trim().toLowerCase() : '';
}

/** By its headers; null when only the body can tell. */
export function kindByHeaders({ status, contentType, disposition }: KindHeaders): ContentKind | null {
  if (status === 204 || status === 205 || isAttachment(disposition)) return 'download';
  const type = mimeTypeOf(contentType);
  if (type === '' || type === 'text/plain') return null;
  if (handedOn.has(type)) return 'download';
  return kinds.find(([pattern]) => pattern.test(type))?.[1] ?? 'download';
}

/** By what it begins with, where headers say nothing, or say `text/plain` as many servers do of anything. */
export function kindByBody(body: Uint8Array, contentType: string): ContentKind {
  const start = Buffer.from(body.subarray(0, sniffedBytes));
  if (mimeTypeOf(contentType) === '') {
    const text = start.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, '');
    if (beginsLikeHtml.test(text)) return 'html';
    if (/^\s*<\?xml/.test(text)) return 'xml';
  }
  const hasMark = /^(\u00fe\u00ff|\u00ff\u00fe|\u00ef\u00bb\u00bf)/.test(start.toString('latin1'));
  return !hasMark && start.some((byte) => binaryBytes.has(byte)) ? 'download' : 'text';
}

interface KindHeaders {
  status: number;
  contentType: string;
  disposition: string;
}

/** As browsers read it: a kind that they do not know is an attachment. */
function isAttachment(disposition: string): boolean {
  const kind = /^\s*([\w-]+)\s*(;|$)/.exec(disposition)?.[1];
  return kind !== undefined && kind.toLowerCase() !== 'inline';
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
