import type { Cell } from '@runnel/contracts';

/** Text that Postgres can keep: without NUL, and with U+FFFD where half of a surrogate pair stood. */
export function cleanText(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

/** The same for every string in a JSON value. */
export function cleanCell(cell: Cell): Cell {
  if (typeof cell === 'string') return cleanText(cell);
  if (Array.isArray(cell)) return cell.map(cleanCell);
  if (typeof cell !== 'object' || cell === null) return cell;
  return Object.fromEntries(Object.entries(cell).map(([key, inner]) => [cleanText(key), cleanCell(inner)]));
}
