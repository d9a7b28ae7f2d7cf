import { types } from 'node:util';
import type { Cell } from '@runnel/contracts';
import { SecretFinder } from './secret-finder';

const stars = '***';
const deepest = 8;

/** Takes secrets out of what is kept. */
export interface Mask {
  text(text: string): string;
  /** The same for every text, key and number in a JSON value. */
  cell(cell: Cell): Cell;
  /** The same for what was thrown: it stays what it is, and says it without the secrets, as do its causes. */
  thrown(error: unknown): void;
}

const nothing: Mask = { text: (text) => text, cell: (cell) => cell, thrown: () => undefined };

/**
 * A mask of these secrets, of at least 4 characters each: what pages usually write for them becomes `***`. It decodes
 * nothing: a spelling that is odd on purpose, like one letter of a word as an entity, is left as it is.
 */
export function mask(secrets: ReadonlyMap<string, string>): Mask {
  const finder = new SecretFinder(secrets.values());
  if (finder.isEmpty) return nothing;
  const text = (said: string): string => maskText(said, finder);
  return { text, cell: (said) => maskCell(said, text), thrown: (error) => maskError(error, text, new Set()) };
}

type MaskText = Mask['text'];

function maskText(text: string, finder: SecretFinder): string {
  const parts: string[] = [];
  let end = 0;
  for (let found = finder.find(text, 0); found; found = finder.find(text, end)) {
    parts.push(text.slice(end, found[0]), stars);
    end = found[1];
  }
  return end === 0 ? text : parts.join('') + text.slice(end);
}

function maskCell(cell: Cell, text: MaskText): Cell {
  if (typeof cell === 'string') return text(cell);
  if (typeof cell === 'number') return maskNumber(cell, text);
  if (Array.isArray(cell)) return cell.map((inner) => maskCell(inner, text));
  if (typeof cell !== 'object' || cell === null) return cell;
  return Object.fromEntries(Object.entries(cell).map(([key, inner]) => [text(key), maskCell(inner, text)]));
}

/** A secret of digits may be read as a number. */
function maskNumber(number: number, text: MaskText): number | string {
  const said = String(number);
  const masked = text(said);
  return masked === said ? number : masked;
}

function maskError(error: unknown, text: MaskText, seen: Set<unknown>): void {
  if (!isError(error) || seen.has(error)) return;
  seen.add(error);
  const keys = new Set(['message', 'stack', ...Object.getOwnPropertyNames(error)]);
  for (const key of keys) {
    const said: unknown = Reflect.get(error, key);
    const value = maskPart(said, text, { seen, depth: 0 });
    if (value === said) continue;
    // What cannot be changed was not made of what a page says.
    Reflect.defineProperty(error, key, {
      value,
      configurable: true,
      writable: true,
      enumerable: isListed(error, key),
    });
  }
}

function isError(value: unknown): value is Error {
  return types.isNativeError(value) || value instanceof DOMException;
}

function isListed(error: Error, key: string): boolean {
  return Object.prototype.propertyIsEnumerable.call(error, key);
}

function maskPart(
  part: unknown,
  text: MaskText,
  { seen, depth }: { seen: Set<unknown>; depth: number },
): unknown {
  if (typeof part === 'string') return text(part);
  if (isError(part)) maskError(part, text, seen);
  const isPlain = Array.isArray(part) || Object.getPrototypeOf(part ?? 0) === Object.prototype;
  if (!isPlain || depth > deepest) return part;
  const inner = { seen, depth: depth + 1 };
  if (Array.isArray(part)) return part.map((each: unknown) => maskPart(each, text, inner));
  return Object.fromEntries(
    Object.entries(part as object).map(([key, each]: [string, unknown]) => [
      text(key),
      maskPart(each, text, inner),
    ]),
  );
}
