import { createHash } from 'node:crypto';
import type { Request } from 'express';
import { HttpProblem } from '../../http-problem';
import { asHex, readHex } from '../../id-forms';
import { withoutEndSlashes } from '../../without-end-slashes';

/** Who asks for which list, and for which page of it. */
interface AskedPage {
  spaceId: string;
  query: { limit: number; cursor?: string | undefined };
  request: Pick<Request, 'path' | 'query'>;
}

const idBytes = 16;
const scopeBytes = 6;

/** The item behind which the page begins; null for the first page. @throws HttpProblem for a cursor of another list. */
export function startOf(asked: AskedPage): string | null {
  const { cursor } = asked.query;
  if (cursor === undefined) return null;
  const id = readHex(Buffer.from(cursor, 'base64url').subarray(0, idBytes).toString('hex'));
  if (id !== null && cursorBehind(id, asked) === cursor) return id;
  const message = 'is not a cursor that this list gave, with these filters';
  throw new HttpProblem('INVALID_INPUT', 'The query is not right', [
    { path: 'cursor', message, found: cursor.slice(0, 200) },
  ]);
}

/** The page of what was found, which is one item more where there are more, and the cursor of the page behind it. */
export function pageOf<Item extends { id: string }>(
  asked: AskedPage,
  found: Item[],
): { items: Item[]; nextCursor: string | null } {
  const items = found.slice(0, asked.query.limit);
  const last = found.length > items.length ? items.at(-1) : undefined;
  return { items, nextCursor: last ? cursorBehind(last.id, asked) : null };
}

export function cursorBehind(id: string, asked: AskedPage): string {
  return Buffer.concat([Buffer.from(asHex(id), 'hex'), scopeOf(asked)]).toString('base64url');
}

/** A hash of the list and its filters: how much of it is shown at a time is none. */
function scopeOf({ spaceId, request }: AskedPage): Buffer {
  const filters = Object.entries(request.query)
    .filter(([name]) => !['cursor', 'limit', 'include'].includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const list = [spaceId, withoutEndSlashes(request.path).toLowerCase(), filters];
  return createHash('sha256').update(JSON.stringify(list)).digest().subarray(0, scopeBytes);
}
