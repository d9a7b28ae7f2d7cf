import { FailureError } from '@runnel/contracts';
import { navigationFailure } from '../page-errors';
import { ended } from '../ended';

/** Chromium's names for what Node and undici report, so that one table has the sentences of both engines. */
const chromiumNames: [RegExp, string][] = [
  [/^(ENOTFOUND|EAI_\w+)$/, 'ERR_NAME_NOT_RESOLVED'],
  [/^ECONNREFUSED$/, 'ERR_CONNECTION_REFUSED'],
  [/^(ETIMEDOUT|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT)$/, 'ERR_CONNECTION_TIMED_OUT'],
  [/^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/, 'ERR_ADDRESS_UNREACHABLE'],
  [/^(CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/, 'ERR_CERT_INVALID'],
  [/^(ERR_SSL_\w+|EPROTO)$/, 'ERR_SSL_PROTOCOL_ERROR'],
  [/^(ECONNRESET|EPIPE)$/, 'ERR_CONNECTION_RESET'],
  [/^UND_ERR_(SOCKET|INFO)$/, 'ERR_EMPTY_RESPONSE'],
  [/^(HPE_HEADER_OVERFLOW|UND_ERR_HEADERS_OVERFLOW)$/, 'ERR_RESPONSE_HEADERS_TOO_BIG'],
  [/^HPE_|^ERR_HTTP2_/, 'ERR_INVALID_HTTP_RESPONSE'],
  [/^(Z_|ERR_BROTLI_|ERR__ERROR_)/, 'ERR_CONTENT_DECODING_FAILED'],
];

/** An error that `navigationFailure` knows by Chromium's name for it, like `ERR_TOO_MANY_REDIRECTS`. */
export function networkError(name: string, options?: ErrorOptions): Error {
  return new Error(`net::${name}`, options);
}

/** `work` opens `url` until `signal` ends. @throws FailureError with the browser's codes and sentences, or the signal's reason */
export async function opening<T>(
  { url, signal }: { url: string; signal: AbortSignal },
  work: () => Promise<T>,
): Promise<T> {
  try {
    signal.throwIfAborted();
    return await work();
  } catch (error) {
    if (signal.aborted) throw ended(signal, 'NAVIGATION_TIMEOUT', `${url} gave no whole document in time`);
    if (error instanceof FailureError) throw error;
    throw new FailureError(navigationFailure(inChromiumsWords(error), url), { cause: error });
  }
}

/** Node's and undici's code of an error, empty when it has none. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  // What undici's parser throws may have no code.
  if ('name' in error && error.name === 'HTTPParserError') return 'HPE_INVALID';
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function inChromiumsWords(error: unknown): unknown {
  const code = codeOf(error);
  const [, name] = chromiumNames.find(([pattern]) => pattern.test(code)) ?? [];
  return name === undefined ? error : networkError(name, { cause: error });
}
