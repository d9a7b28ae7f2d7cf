import { pathOf, type Fault } from '@runnel/contracts';
import type { FileItem } from './file-item';
import { lineAt } from './file-text';

/** The records of a JSON file: a list, or an object with the list `records`. */
export function* jsonItems(text: string): Generator<FileItem> {
  const { value, fault } = parsed(text);
  if (fault) {
    yield { fault };
    return;
  }
  const [items, prefix] = Array.isArray(value) ? [value as unknown[], []] : [recordsOf(value), ['records']];
  if (!items) yield { fault: noList(value) };
  if (items?.length === 0) yield { fault: { path: pathOf(prefix), message: 'is an empty list' } };
  for (const [index, item] of items?.entries() ?? []) {
    yield { value: item, at: (keys) => pathOf([...prefix, index, ...keys]) };
  }
}

/** The records of a file that has one on each line. */
export function* ndjsonItems(text: string): Generator<FileItem> {
  for (const { line, number } of linesOf(text)) {
    if (line.trim() === '') continue;
    const { value, fault } = parsed(line);
    if (fault) yield { fault: { ...fault, path: `line ${number}` } };
    else yield { value, at: (keys) => `line ${number}${keys.length > 0 ? `, ${pathOf(keys)}` : ''}` };
  }
}

function parsed(text: string): { value: unknown; fault: Fault | null } {
  try {
    return { value: JSON.parse(text) as unknown, fault: null };
  } catch (error) {
    const reason = (error as Error).message;
    const position = /position (\d+)/.exec(reason)?.[1];
    const path = position === undefined ? '' : `line ${lineAt(text, Number(position))}`;
    return { value: null, fault: { path, message: `is not JSON: ${reason}` } };
  }
}

/** Anything beside the list would be lost. */
function recordsOf(value: unknown): unknown[] | null {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'records')) return null;
  const { records } = value as { records: unknown };
  return Array.isArray(records) && Object.keys(value).length === 1 ? (records as unknown[]) : null;
}

function noList(value: unknown): Fault {
  const kind = value === null ? 'null' : typeof value;
  const keys = kind === 'object' ? Object.keys(value as object).slice(0, 10) : [];
  const found = keys.length > 0 ? `an object with ${keys.join(', ')}` : kind;
  const message = 'must be a list of records, or an object that has the list `records` and nothing else';
  return { path: '', message, found: found.slice(0, 200) };
}

function* linesOf(text: string): Generator<{ line: string; number: number }> {
  let number = 1;
  for (let from = 0; from < text.length; number += 1) {
    const at = text.indexOf('\n', from);
    const end = at < 0 ? text.length : at;
    yield { line: text.slice(from, end), number };
    from = end + 1;
  }
}
