import { isUtf8 } from 'node:buffer';
import { InvalidInputError } from '../invalid-input';

const lineEnd = 0x0a;

/** The text of a file, with `\n` at the end of each line. @throws InvalidInputError when it is none. */
export function textOf(bytes: Buffer): string {
  if (bytes.length === 0) throw refused('', 'is empty');
  const other = otherFormat(bytes);
  if (other !== null) throw refused('', other);
  if (!isUtf8(bytes)) throw refused(`line ${badLine(bytes)}`, 'is not UTF-8; save the file as UTF-8');
  const text = new TextDecoder().decode(bytes).replace(/\r\n?/g, '\n');
  const nul = text.indexOf('\0');
  if (nul >= 0) throw refused(`line ${lineAt(text, nul)}`, 'holds U+0000, which no text has');
  if (text.trim() === '') throw refused('', 'holds nothing but white space');
  return text;
}

/** The number of the line in which a character stands. */
export function lineAt(text: string, index: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < index; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** The formats that spreadsheets save in when nobody says otherwise. */
function otherFormat(bytes: Buffer): string | null {
  const start = bytes.toString('latin1', 0, 4);
  if (/^(?:\xff\xfe|\xfe\xff)/.test(start)) return 'is UTF-16; save the file as UTF-8';
  if (start === 'PK\x03\x04') return 'is a workbook or another zip file; save it as CSV, in UTF-8';
  return null;
}

/** The first line that is not UTF-8: the byte that ends a line is never part of another character. */
function badLine(bytes: Buffer): number {
  let line = 1;
  for (let from = 0; ; line += 1) {
    const end = bytes.indexOf(lineEnd, from);
    if (end < 0 || !isUtf8(bytes.subarray(from, end))) return line;
    from = end + 1;
  }
}

function refused(path: string, message: string): InvalidInputError {
  return new InvalidInputError('The file cannot be read', [{ path, message }]);
}
