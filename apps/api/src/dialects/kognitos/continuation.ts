import { SpaceStore } from '@runnel/store';
import type { ApiDeps } from '../../deps';
import { HttpProblem } from '../../http-problem';
import { asHex, readHex } from '../../id-forms';
import { isSameSignature, sign } from '../../sign';

/** What is listed: a token goes on with this and with nothing else. */
export interface Walk {
  list: 'runs' | 'processes';
  spaceId: string;
  /** All that the list is narrowed by. */
  filters: (string | null)[];
}

const idBytes = 16;

/** Where a list goes on: the id of its last item, and a signature over it and over what is listed. */
export function tokenBehind(key: Buffer, walk: Walk, id: string): string {
  return Buffer.concat([Buffer.from(asHex(id), 'hex'), signatureOf(key, walk, id)]).toString('base64url');
}

/** The id in a token; null for one that was altered, or given for something else. */
export function idInToken(key: Buffer, walk: Walk, token: string): string | null {
  const bytes = Buffer.from(token, 'base64url');
  const id = readHex(bytes.subarray(0, idBytes).toString('hex'));
  if (id === null || bytes.toString('base64url') !== token) return null;
  return isSameSignature(bytes.subarray(idBytes), signatureOf(key, walk, id)) ? id : null;
}

/** A page of what is listed, newest first, and the token of the page behind it. @throws HttpProblem */
export async function pageOf<Item extends { id: string }>(
  { dataSource }: Pick<ApiDeps, 'dataSource'>,
  { walk, token, limit }: { walk: Walk; token: string | null; limit: number },
  read: (page: { limit: number; before: string | null; skip: number }) => Promise<Item[]>,
): Promise<{ items: Item[]; next: string | null }> {
  const key = await new SpaceStore(dataSource.manager).signingKey(walk.spaceId);
  const before = token === null || key === null ? null : idInToken(key, walk, token);
  if (token !== null && before === null) throw wrongToken(token);
  // One more than is shown tells whether there is more.
  const found = await read({ limit: limit + 1, before, skip: 0 });
  const items = found.slice(0, limit);
  const last = found.length > limit ? items.at(-1) : undefined;
  return { items, next: key && last ? tokenBehind(key, walk, last.id) : null };
}

function signatureOf(key: Buffer, { list, spaceId, filters }: Walk, id: string): Buffer {
  return sign(key, ['continuation', list, spaceId, ...filters, id]);
}

function wrongToken(found: string): HttpProblem {
  const message =
    'is not a token that this list gave; send it with the agent, process and stage of the page before';
  return new HttpProblem('INVALID_INPUT', 'The query is not right', [
    { path: 'continuation_token', message, found: found.slice(0, 200) },
  ]);
}
