import { z } from 'zod';
import { idFor, readId } from './ids';

/** What is listed by cursors. */
export type ListedKind = 'flow' | 'sch';

/** A place between two pages of a list: behind an item on the way to older ones (`next`), or to newer ones (`prev`). */
export interface ListCursor {
  id: string;
  direction: 'next' | 'prev';
  /** How many items stood before that place. */
  offset: number;
}

const written = z.strictObject({
  item: z.string(),
  direction: z.enum(['next', 'prev']),
  offset: z.number().int().min(0).max(999_999_999),
});

/** As base64 of JSON. */
export function listCursor(kind: ListedKind, { id, direction, offset }: ListCursor): string {
  const place = { item: idFor(kind, id), direction, offset };
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** Null when it is none of ours, or one of another list. */
export function readListCursor(kind: ListedKind, text: string): ListCursor | null {
  const { success, data } = written.safeParse(jsonIn(Buffer.from(text, 'base64url').toString()));
  const id = success ? readId([kind], data.item) : null;
  return success && id !== null ? { id, direction: data.direction, offset: data.offset } : null;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
