const [quote, backslash] = [0x22, 0x5c];
const opening = new Set([0x5b, 0x7b]);
const closing = new Set([0x5d, 0x7d]);

/** True for a text of JSON, in UTF-8, that is nested deeper than `most`. It looks at bytes, and calls nothing again and again. */
export function isDeeperThan(most: number, text: Uint8Array): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const byte = text[at] ?? 0;
    if (byte === quote) at = endOfText(text, at);
    else if (opening.has(byte) && ++depth > most) return true;
    else if (closing.has(byte)) depth -= 1;
  }
  return false;
}

/** Where the text ends that begins at a quote. */
function endOfText(text: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== quote) at += text[at] === backslash ? 2 : 1;
  return at;
}
