/** The forms that a UUID has in the dialects. Each form has one spelling; what is none of ours reads as null. */

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** As it is; upper case is taken too. */
export function readUuid(text: string): string | null {
  const id = text.toLowerCase();
  return uuid.test(id) ? id : null;
}

/** 32 digits without dashes. */
export function asHex(id: string): string {
  return id.replaceAll('-', '');
}

export function readHex(text: string): string | null {
  const parts = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/i.exec(text)?.slice(1);
  return parts ? parts.join('-').toLowerCase() : null;
}

/** Base 36 in 25 characters, lower case: a 128-bit number. */
export function asBase36(id: string): string {
  return BigInt(`0x${asHex(id)}`)
    .toString(36)
    .padStart(25, '0');
}

export function readBase36(text: string): string | null {
  if (!/^[0-9a-z]{25}$/.test(text)) return null;
  const number = numberIn(text);
  return number < 1n << 128n ? readHex(number.toString(16).padStart(32, '0')) : null;
}

/** Version and variant of every id of ours (UUIDv7, RFC 9562) and what is left of it without them, in 122 bits. */
const fixed = { version: 7n, variant: 2n };

/** Base 36 in 24 characters, upper case: the six bits that are the same in each id of ours are left out. */
export function asToken(id: string): string {
  const all = BigInt(`0x${asHex(id)}`);
  const high = all >> 80n;
  const middle = (all >> 64n) & 0xfffn;
  const low = all & ((1n << 62n) - 1n);
  const rest = (high << 74n) | (middle << 62n) | low;
  return rest.toString(36).toUpperCase().padStart(24, '0');
}

export function readToken(text: string): string | null {
  if (!/^[0-9A-Z]{24}$/.test(text)) return null;
  const rest = numberIn(text.toLowerCase());
  if (rest >= 1n << 122n) return null;
  const high = rest >> 74n;
  const middle = (fixed.version << 12n) | ((rest >> 62n) & 0xfffn);
  const low = (fixed.variant << 62n) | (rest & ((1n << 62n) - 1n));
  return readHex(((high << 80n) | (middle << 64n) | low).toString(16).padStart(32, '0'));
}

function numberIn(base36: string): bigint {
  let number = 0n;
  for (const digit of base36) number = number * 36n + BigInt(parseInt(digit, 36));
  return number;
}
