/** How each dialect writes an id of ours, as its contract tells; made here without the code that is tested. */

const hex = (id: string): string => id.replaceAll('-', '');

/** Kognitos: base 36 in 25 characters. */
export function base36(id: string): string {
  return BigInt(`0x${hex(id)}`)
    .toString(36)
    .padStart(25, '0');
}

/** Runtype: what it is, and base 36. */
export function prefixed(kind: 'flow' | 'run' | 'batch' | 'res' | 'exec' | 'sch', id: string): string {
  return `${kind}_${base36(id)}`;
}

/** Unpod: a letter, and 32 digits. */
export function lettered(kind: 'R' | 'T', id: string): string {
  return `${kind}${hex(id)}`;
}

/** The UUID in any of these. */
export function uuidIn(word: string): string {
  const digits = /^[RT][0-9a-f]{32}$/.test(word)
    ? word.slice(1)
    : numberIn(word.slice(word.indexOf('_') + 1))
        .toString(16)
        .padStart(32, '0');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function numberIn(text: string): bigint {
  return Array.from(text).reduce((sum, digit) => sum * 36n + BigInt(parseInt(digit, 36)), 0n);
}
