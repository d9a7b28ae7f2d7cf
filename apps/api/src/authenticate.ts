import { hashApiKey } from '@runnel/services';
import { SpaceStore, type DataSource } from '@runnel/store';
import type { Request, RequestHandler, Response } from 'express';
import { keyFrom } from './credential';
import { HttpProblem } from './http-problem';

/** A key that was withdrawn is refused this late. */
const rememberMs = 5_000;
const rememberCount = 10_000;

/** Lets requests with a known key through, and says which space it opens. */
export function authenticate(dataSource: DataSource): RequestHandler {
  const store = new SpaceStore(dataSource.manager);
  const known = new Map<string, { spaceId: string; until: number }>();

  async function spaceOf(key: string): Promise<string | null> {
    const hash = hashApiKey(key);
    const name = hash.toString('base64');
    const remembered = known.get(name);
    if (remembered && remembered.until > Date.now()) return remembered.spaceId;
    const spaceId = await store.openedBy(hash);
    known.delete(name);
    if (spaceId === null) return null;
    if (known.size >= rememberCount) known.clear();
    known.set(name, { spaceId, until: Date.now() + rememberMs });
    return spaceId;
  }

  return async (request: Request, response: Response, next) => {
    const key = keyFrom(request.headers);
    if (key === null) {
      throw new HttpProblem(
        'UNAUTHORIZED',
        'No API key: send it as `x-api-key: KEY`, `Authorization: Bearer KEY` or `Authorization: Token KEY`',
      );
    }
    const spaceId = await spaceOf(key);
    if (spaceId === null) throw new HttpProblem('UNAUTHORIZED', 'The API key is not known');
    response.locals['spaceId'] = spaceId;
    next();
  };
}

/** The space that the request's key opens. */
export function spaceOf(response: Response): string {
  return response.locals['spaceId'] as string;
}
