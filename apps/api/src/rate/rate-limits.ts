import { hashApiKey } from '@runnel/services';
import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit, type Store } from 'express-rate-limit';
import { keyFrom } from '../credential';
import { HttpProblem } from '../http-problem';
import type { RateCounts } from './rate-counts';

const windowMs = 60_000;
/** Who has one address of a network of IPv6 has all of its last 64 bits. */
const subnet = 64;
const leastGuesses = 60;

/** How often a client may ask. */
export interface RateLimits {
  /** For what needs no key: counts the address. */
  open: RequestHandler;
  /**
   * Around what asks for a key: counts the key when it is known, else the address. The gate is asked first, so that a
   * known key is never refused for what others at its address do; what a guess costs then is for the gate to bound.
   */
  around(gate: RequestHandler): RequestHandler;
}

const anyNumber: RateLimits = { open: (_request, _response, next) => next(), around: (gate) => gate };

/** `limit` 0: any number of requests. */
export function rateLimits(counts: RateCounts, limit: number): RateLimits {
  if (limit === 0) return anyNumber;
  const most = { key: limit, address: limit, guess: Math.max(leastGuesses, Math.ceil(limit / 10)) };
  const byKey = limiter(counts, { identifier: 'key', limit: most.key, nameOf: keyName });
  const byAddress = limiter(counts, { identifier: 'address', limit: most.address, nameOf: addressName });
  const byGuess = limiter(counts, { identifier: 'unknown-keys', limit: most.guess, nameOf: guessName });

  return {
    open: byAddress,
    around: (gate) => async (request, response, next) => {
      if (keyFrom(request.headers) === null)
        return byAddress(request, response, passTo(gate, [request, response, next]));
      const knownKey = (error?: unknown): void => {
        if (error !== undefined) return next(error);
        void byKey(request, response, next);
      };
      try {
        await gate(request, response, knownKey);
      } catch (error) {
        if (!(error instanceof HttpProblem) || error.code !== 'UNAUTHORIZED') throw error;
        return byGuess(request, response, (refused?: unknown) => next(refused ?? error));
      }
    },
  };
}

type Passed = Parameters<RequestHandler>;

/** Goes on with another handler, whatever way it fails. */
function passTo(handler: RequestHandler, [request, response, next]: Passed): (error?: unknown) => void {
  return (error) => {
    if (error !== undefined) return next(error);
    void Promise.resolve()
      .then(() => handler(request, response, next))
      .catch(next);
  };
}

interface Limit {
  /** What the headers call it. */
  identifier: string;
  limit: number;
  nameOf: (request: Request) => string;
}

function limiter(counts: RateCounts, { identifier, limit, nameOf }: Limit): RequestHandler {
  return rateLimit({
    windowMs,
    limit,
    identifier,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: nameOf,
    store: storeOf(counts),
    // They print to the console, and look for mistakes that the tests look for.
    validate: false,
    handler: (_request, _response, next) => next(tooMany(identifier, limit)),
  });
}

function storeOf(counts: RateCounts): Store {
  // Nothing here takes a request back: one that was served was asked as well.
  const never = (): void => undefined;
  return { increment: (name) => counts.add(name), decrement: never, resetKey: never };
}

function keyName({ headers }: Request): string {
  return `key:${hashApiKey(keyFrom(headers) ?? '').toString('base64')}`;
}

function addressName(request: Request): string {
  return `address:${addressOf(request)}`;
}

function guessName(request: Request): string {
  return `guess:${addressOf(request)}`;
}

function addressOf({ ip = '' }: Request): string {
  return ipKeyGenerator(ip, subnet);
}

const told: Record<string, string> = {
  key: 'requests a minute with this key',
  address: 'requests a minute from this address',
  'unknown-keys': 'requests a minute with keys that are not known, from this address',
};

function tooMany(identifier: string, limit: number): HttpProblem {
  const message = `More than ${limit} ${told[identifier] ?? ''}; wait as \`Retry-After\` says`;
  return new HttpProblem('RATE_LIMITED', message);
}
