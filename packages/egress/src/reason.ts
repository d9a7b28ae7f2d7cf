import { isIPv4 } from 'node:net';
import { failure, FailureError, type Failure, type FailureCode } from '@runnel/contracts';
import { codeOf } from './code-of';
import { nameOf, type Target } from './host';

/** Why there is no connection to a target. */
export function notOpened(
  target: Target,
  code: FailureCode,
  why: { reason: string; cause?: unknown },
): FailureError {
  const host = nameOf(target);
  const { reason, cause } = why;
  return new FailureError(failure(code, `Could not open ${host}: ${reason}`, { host, reason }), { cause });
}

/** The same failure, told of the address that was opened. */
export function failureAt(found: Failure, url: string): Failure {
  const reason = found.details?.['reason'];
  if (typeof reason !== 'string') return found;
  return { ...found, message: `Could not open ${url}: ${reason}`, details: { ...found.details, url } };
}

/** What Node calls what went wrong with a connection. */
export function connectFailure(target: Target, error: unknown): FailureError {
  const name = codeOf(attemptOf(error));
  const [, code, reason] = networkErrors.find(([pattern]) => pattern.test(name)) ?? [];
  const otherwise = name === '' ? String(error) : name;
  return notOpened(target, code ?? 'NAVIGATION_FAILED', { reason: reason ?? otherwise, cause: error });
}

/** Of several attempts the last to an IPv4 address: where IPv6 has no route, that says nothing of the host. */
function attemptOf(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error;
  if (!('errors' in error) || !Array.isArray(error.errors)) return error;
  return error.errors.findLast(isOverIPv4) ?? error;
}

function isOverIPv4(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  return 'address' in error && typeof error.address === 'string' && isIPv4(error.address);
}

const networkErrors: [RegExp, FailureCode, string][] = [
  [/^ECONNREFUSED$/, 'NAVIGATION_REFUSED', 'the connection was refused'],
  [/^ETIMEDOUT$/, 'NAVIGATION_TIMEOUT', 'the connection timed out'],
  [
    /^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EACCES|EPERM)$/,
    'NAVIGATION_FAILED',
    'its address cannot be reached',
  ],
];
