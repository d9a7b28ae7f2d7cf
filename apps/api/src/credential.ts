import type { IncomingHttpHeaders } from 'node:http';

/** The key of a request: `x-api-key: KEY`, `Authorization: Bearer KEY`, `Token KEY`, or the bare key. */
export function keyFrom(headers: IncomingHttpHeaders): string | null {
  const own = headers['x-api-key'];
  if (typeof own === 'string' && own.trim() !== '') return own.trim();
  const authorization = headers.authorization?.trim() ?? '';
  return /^(?:(?:Bearer|Token)\s+)?(\S+)$/i.exec(authorization)?.[1] ?? null;
}

/** Why a key opens nothing that was never one. */
export const unknownKey = 'The API key is not known';
