/** What a text says, in UTF-8 with one space for any white space, and where in the text each byte comes from. */
export interface Said {
  bytes: Buffer;
  /** One more than there are bytes: the last is the text's end. */
  places: Int32Array;
}

/** How text writes characters otherwise than as they are: in addresses, forms, HTML and JSON. */
export type Writing = 'address' | 'form' | 'html' | 'json';

const space = 0x20;
const [percent, plus, ampersand, backslash] = ['%', '+', '&', '\\'];
const percentByte = /%([0-9a-fA-F]{2})/y;
const entity = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos|nbsp));/y;
const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };
const escape =
  /\\(?:u([0-9a-fA-F]{4})(?:\\u([dD][c-fC-F][0-9a-fA-F]{2}))?|x([0-9a-fA-F]{2})|([nrtbf])|([\s\S]))/y;

/** What stands for one character or byte, how long it is, and what it stands for. */
interface Read {
  width: number;
  bytes: Buffer;
}

const readers: Record<Writing, (text: string, place: number) => Read | null> = {
  address: readPercent,
  form: (text, place) =>
    text[place] === plus ? { width: 1, bytes: Buffer.of(space) } : readPercent(text, place),
  html: readEntity,
  json: readEscape,
};

/** The text as it is. */
export function saidBytes(text: string): Said {
  const length = Buffer.byteLength(text);
  const filling = new Filling(length);
  for (let place = 0; place < text.length;) {
    const point = text.codePointAt(place) ?? 0;
    if (point < 0x80) filling.add(point, place);
    else if (point === 0xa0) filling.add(space, place);
    else for (const byte of Buffer.from(String.fromCodePoint(point))) filling.add(byte, place);
    place += point > 0xffff ? 2 : 1;
  }
  return filling.done(text.length);
}

/** What it says when it is read as this way of writing; null when that is the same. Nothing is longer read than written. */
export function readAs({ bytes, places }: Said, writing: Writing): Said | null {
  const text = bytes.toString('latin1');
  const read = readers[writing];
  const filling = new Filling(bytes.length);
  let isSame = true;
  for (let place = 0; place < text.length;) {
    const found = read(text, place);
    const from = places[place] ?? 0;
    if (found) {
      for (const byte of found.bytes) filling.add(byte, from);
      isSame = false;
    } else filling.add(bytes[place] ?? 0, from);
    place += found?.width ?? 1;
  }
  return isSame ? null : filling.done(places[bytes.length] ?? 0);
}

class Filling {
  readonly #bytes: Buffer;
  readonly #places: Int32Array;
  #count = 0;

  constructor(length: number) {
    this.#bytes = Buffer.allocUnsafe(length);
    this.#places = new Int32Array(length + 1);
  }

  add(byte: number, place: number): void {
    const isSpace = byte === space || (byte >= 9 && byte <= 13);
    if (isSpace && this.#count > 0 && this.#bytes[this.#count - 1] === space) return;
    this.#bytes[this.#count] = isSpace ? space : byte;
    this.#places[this.#count] = place;
    this.#count += 1;
  }

  done(end: number): Said {
    this.#places[this.#count] = end;
    return { bytes: this.#bytes.subarray(0, this.#count), places: this.#places.subarray(0, this.#count + 1) };
  }
}

function readPercent(text: string, place: number): Read | null {
  if (text[place] !== percent) return null;
  const [, digits] = matchAt(percentByte, text, place) ?? [];
  return digits === undefined ? null : { width: 3, bytes: Buffer.of(parseInt(digits, 16)) };
}

function readEntity(text: string, place: number): Read | null {
  if (text[place] !== ampersand) return null;
  const [whole = '', decimal, hex, name = ''] = matchAt(entity, text, place) ?? [];
  if (whole === '') return null;
  const point = decimal === undefined ? parseInt(hex ?? '', 16) : Number(decimal);
  return point > 0x10ffff
    ? null
    : { width: whole.length, bytes: bytesOf(named[name] ?? String.fromCodePoint(point)) };
}

function readEscape(text: string, place: number): Read | null {
  if (text[place] !== backslash) return null;
  const [whole = '', unit, low, byte, control, other] = matchAt(escape, text, place) ?? [];
  if (whole === '') return null;
  if (unit !== undefined) return readUnits(unit, low);
  if (byte !== undefined) return { width: 4, bytes: bytesOf(String.fromCharCode(parseInt(byte, 16))) };
  return { width: 2, bytes: control === undefined ? Buffer.from(other ?? '', 'latin1') : Buffer.of(space) };
}

/** One UTF-16 unit, or both of a character beyond them. */
function readUnits(unit: string, low: string | undefined): Read {
  const first = parseInt(unit, 16);
  const isPair = low !== undefined && first >= 0xd800 && first <= 0xdbff;
  const text = String.fromCharCode(first, ...(isPair ? [parseInt(low, 16)] : []));
  return { width: isPair ? 12 : 6, bytes: bytesOf(text) };
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text === '\u00a0' ? ' ' : text);
}

function matchAt(pattern: RegExp, text: string, place: number): RegExpExecArray | null {
  pattern.lastIndex = place;
  return pattern.exec(text);
}
