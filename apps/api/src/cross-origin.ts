import cors from 'cors';
import type { RequestHandler } from 'express';

/** Of an answer, what a page may read beside its body. */
const exposedHeaders = [
  ...['ETag', 'Location', 'X-Request-Id', 'Retry-After', 'RateLimit', 'RateLimit-Policy'],
  ...['Content-Disposition', 'Idempotent-Replayed', 'Preference-Applied'],
];

/** Lets pages of these origins call the API. What needs a key needs it from them as well: no cookie opens anything. */
export function crossOrigin(origins: string[]): RequestHandler {
  return cors({
    origin: origins,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
    exposedHeaders,
    credentials: false,
    maxAge: 600,
  });
}
