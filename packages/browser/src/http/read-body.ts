import { pipeline, Readable, type Duplex } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { codeOf } from './network-failure';

export interface BodyLimit {
  /** Bytes, after decompression. */
  bytes: number;
  /** What becomes of more: `cut` gives the first of it. */
  beyond: 'cut' | 'fail';
}

/** More came than was asked for. */
export class BodyTooLarge extends Error {}

// As browsers do, what a cut-off compressed stream holds is taken.
const zlibOptions = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };
const brotliOptions = {
  flush: constants.BROTLI_OPERATION_FLUSH,
  finishFlush: constants.BROTLI_OPERATION_FLUSH,
};
/** Compressions one upon another that are still taken for a page, not for an attack. */
const maxCodings = 5;

/**
 * All of an answer's body, decompressed as its `Content-Encoding` says; counted while it comes, so that a small
 * body that decompresses to a huge one ends at the limit.
 * @throws BodyTooLarge, or the errors of the connection and of zlib
 */
export async function readBody(
  body: Readable,
  contentEncoding: string | undefined,
  limit: BodyLimit,
): Promise<Buffer> {
  const codings = codingsOf(contentEncoding);
  if (codings[0] !== 'deflate') return whole(through(body, codings.map(decoder)), limit);
  const { isRaw, source } = await sniffDeflate(body);
  const first = isRaw ? createInflateRaw(zlibOptions) : createInflate(zlibOptions);
  return whole(through(source, [first, ...codings.slice(1).map(decoder)]), limit);
}

/** Text of a gzip file, whatever its headers said; anything else as it is. */
export async function unzipped(file: Buffer, limit: BodyLimit): Promise<Buffer> {
  if (file[0] !== 0x1f || file[1] !== 0x8b) return file;
  return whole(through(Readable.from([file]), [createGunzip(zlibOptions)]), limit);
}

/** What comes out of the last stage; its reader meets the error of any stage, and stops all when it stops. */
function through(source: Readable, stages: Duplex[]): AsyncIterable<Buffer> {
  const last = stages.at(-1);
  if (!last) return source;
  pipeline([source, ...stages], () => undefined);
  return last;
}

async function whole(chunks: AsyncIterable<Buffer>, { bytes, beyond }: BodyLimit): Promise<Buffer> {
  const read: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    read.push(chunk);
    if (length <= bytes) continue;
    if (beyond === 'fail') throw new BodyTooLarge();
    return Buffer.concat(read, bytes);
  }
  return read.length === 1 && read[0] ? read[0] : Buffer.concat(read, length);
}

/** In the order in which they are undone; none when one is not known, as in browsers. */
function codingsOf(contentEncoding = ''): Coding[] {
  const codings = contentEncoding
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity')
    .reverse();
  return codings.length <= maxCodings && codings.every(isKnown) ? codings : [];
}

const knownCodings = ['gzip', 'x-gzip', 'deflate', 'br'] as const;
type Coding = (typeof knownCodings)[number];

function isKnown(coding: string): coding is Coding {
  return (knownCodings as readonly string[]).includes(coding);
}

function decoder(coding: Coding): Duplex {
  if (coding === 'br') return createBrotliDecompress(brotliOptions);
  return coding === 'deflate' ? createInflate(zlibOptions) : createGunzip(zlibOptions);
}

/** `deflate` means zlib's format; some servers send it without zlib's header. */
async function sniffDeflate(body: Readable): Promise<{ isRaw: boolean; source: Readable }> {
  const chunks: AsyncIterator<Buffer, undefined> = body.iterator();
  const first = await chunks.next();
  const rest = { [Symbol.asyncIterator]: () => chunks };
  async function* all(): AsyncGenerator<Buffer> {
    if (first.done === true) return;
    yield first.value;
    yield* rest;
  }
  const start = first.done === true ? undefined : first.value[0];
  return { isRaw: start !== undefined && (start & 0x0f) !== 8, source: Readable.from(all()) };
}

/** True when the connection ended before the body did. */
export function isCutOff(error: unknown): boolean {
  return /^(UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH|ECONNRESET|EPIPE|HPE_|ERR_HTTP2|UND_ERR_INFO)/.test(
    codeOf(error),
  );
}
