import { isNativeError } from 'node:util/types';

const networkCodes = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
];

/**
 * SQLSTATE: the connection; a transaction that stood still, or met another; too little of something; a lock or a statement
 * that took too long; the server ends or begins.
 */
const serverCodes = /^(?:08\w{3}|25P03|40\w{3}|53\w{3}|55P03|57014|57P01|57P02|57P03)$/;

/** What pg says without a code. */
const sentences =
  /Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|is not queryable/;

/** True for an error that says that Postgres cannot be reached now, or does not answer: later it may. */
export function isUnavailable(error: unknown): boolean {
  // Not by instanceof: Jest gives tests an Error of their own.
  if (!isNativeError(error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  if (networkCodes.includes(code) || serverCodes.test(code)) return true;
  return sentences.test(error.message) || isUnavailable(error.cause);
}

/** True for an error that says that a statement took too long. */
export function isTooLong(error: unknown): boolean {
  if (!isNativeError(error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return code === '57014' || /Query read timeout/.test(error.message) || isTooLong(error.cause);
}
