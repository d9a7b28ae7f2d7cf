import { timingSafeEqual } from 'node:crypto';
import type { ApiKey } from '@runnel/contracts';
import { Batcher, hashApiKey } from '@runnel/services';
import { KeyStore } from '@runnel/store';
import type { Request, RequestHandler, Response } from 'express';
import { keyFrom, unknownKey } from './credential';
import type { ApiDeps } from './deps';
import { HttpProblem } from './http-problem';
import type { AskingKey } from './operation';

/** A key that was withdrawn is refused this late. */
const rememberMs = 5_000;
const rememberCount = 10_000;
const mostAtOnce = 1_000;
/** When a key was used is noted so often. */
const noteMs = 60_000;

/**
 * Lets requests with a known key through, and says what it opens. Keys that are not remembered are looked up together,
 * in one statement at a time: who guesses has none of his own, and keeps nobody's key from being found.
 */
export function authenticate({ dataSource, logger }: Pick<ApiDeps, 'dataSource' | 'logger'>): RequestHandler {
  const store = new KeyStore(dataSource.manager);
  const known = new Map<string, { key: ApiKey; until: number }>();
  const reads = new Batcher<Buffer, ApiKey | null>((hashes) => read(store, hashes), {
    mostAtOnce,
    pauseMs: 0,
  });

  async function find(sent: string): Promise<ApiKey | null> {
    const hash = hashApiKey(sent);
    const name = hash.toString('base64');
    const remembered = known.get(name);
    if (remembered && remembered.until > Date.now()) return remembered.key;
    const key = await reads.add(hash);
    known.delete(name);
    // The look-up by its hash tells nothing of a key; this stays right should one ever be found in another way.
    if (!key || !timingSafeEqual(key.hash, hash)) return null;
    if (known.size >= rememberCount) known.clear();
    known.set(name, { key, until: Date.now() + rememberMs });
    return key;
  }

  /** Nobody waits for it, and a request is served without it. */
  function noteUse(key: ApiKey): void {
    if (key.lastUsedAt !== null && key.lastUsedAt.getTime() > Date.now() - noteMs) return;
    key.lastUsedAt = new Date();
    store.noteUse(key.id, noteMs).catch((error: unknown) => {
      logger.warn({ err: error }, 'the use of a key is not noted');
    });
  }

  return async (request: Request, response: Response, next) => {
    const sent = keyFrom(request.headers);
    if (sent === null) {
      throw new HttpProblem(
        'UNAUTHORIZED',
        'No API key: send it as `x-api-key: KEY`, `Authorization: Bearer KEY` or `Authorization: Token KEY`',
      );
    }
    const key = await find(sent);
    const refused = key ? whyOver(key) : unknownKey;
    if (!key || refused !== null) throw new HttpProblem('UNAUTHORIZED', refused ?? unknownKey);
    noteUse(key);
    response.locals['key'] = key;
    next();
  };
}

/** For each hash its key; null: there was never one. */
async function read(store: KeyStore, hashes: Buffer[]): Promise<PromiseSettledResult<ApiKey | null>[]> {
  const found = new Map((await store.hashed(hashes)).map((key) => [key.hash.toString('base64'), key]));
  return hashes.map((hash) => ({
    status: 'fulfilled',
    value: found.get(hash.toString('base64')) ?? null,
  }));
}

/** The key that the request came with. */
export function keyOf(response: Response): AskingKey {
  return response.locals['key'] as AskingKey;
}

/** Why the key opens nothing any more; null: it does. */
export function whyOver({ revokedAt, expiresAt }: Pick<ApiKey, 'revokedAt' | 'expiresAt'>): string | null {
  if (revokedAt) return `The API key was revoked at ${revokedAt.toISOString()}`;
  if (expiresAt && expiresAt.getTime() <= Date.now()) {
    return `The API key expired at ${expiresAt.toISOString()}`;
  }
  return null;
}
