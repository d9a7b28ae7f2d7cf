import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** Headers of every answer: what this API sends is data, and nothing for a browser to run, frame or embed. */
export function securityHeaders(publicUrl: string | null): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    frameguard: { action: 'deny' },
    // Of plain HTTP it says nothing; and whoever calls this API by https alone has said so.
    hsts: publicUrl?.startsWith('https:') ? { maxAge: 31_536_000, includeSubDomains: false } : false,
  });
}
