import { getEncoding } from 'encoding-sniffer';

type Decoder = Pick<TextDecoder, 'decode'>;

/** What windows-1252 has where Latin-1 has control characters: bytes 0x80 to 0x9f. */
const windows1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** Node's own takes it for Latin-1 in some versions (20.20, 22.13). */
const windows1252Decoder: Decoder = {
  decode: (bytes: Uint8Array) =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      .toString('latin1')
      .replace(/[\x80-\x9f]/g, (found) => windows1252[found.charCodeAt(0) - 0x80] ?? found),
};

/**
 * The text of a document: by its byte order mark, else by the label that its `Content-Type` gave, else by what its
 * first 1024 bytes say of themselves, else by `otherwise`. What is not valid becomes U+FFFD.
 */
export function decode(
  bytes: Uint8Array,
  { label, otherwise }: { label: string | null; otherwise: 'utf-8' | 'windows-1252' },
): string {
  const encoding = getEncoding(bytes, {
    ...(label !== null && { transportLayerEncodingLabel: label }),
    defaultEncoding: otherwise,
  });
  return decoderOf(encoding, otherwise).decode(bytes);
}

/** The label of a charset in a `Content-Type`; null when it has none. */
export function charsetOf(contentType: string): string | null {
  const found = /;\s*charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;"']+))/i.exec(contentType);
  return found?.[1] ?? found?.[2] ?? found?.[3] ?? null;
}

function decoderOf(encoding: string, otherwise: string): Decoder {
  if (encoding.toLowerCase() === 'windows-1252') return windows1252Decoder;
  try {
    return new TextDecoder(encoding);
  } catch {
    // Three encodings of the WHATWG's are none of Node's: they are as good as unknown.
    return decoderOf(otherwise, 'utf-8');
  }
}
