import { failure, FailureError, type Failure, type FailureCode } from '@runnel/contracts';
import { tooMuchAtOnce } from './message-filter';

const networkErrors: [RegExp, FailureCode, string][] = [
  [/ERR_NAME_NOT_RESOLVED|ERR_NAME_RESOLUTION_FAILED/, 'NAVIGATION_DNS', 'its host name does not resolve'],
  [/ERR_CONNECTION_REFUSED/, 'NAVIGATION_REFUSED', 'the connection was refused'],
  [/ERR_(CONNECTION_)?TIMED_OUT/, 'NAVIGATION_TIMEOUT', 'the connection timed out'],
  [/ERR_UNSAFE_PORT/, 'URL_INVALID', 'browsers do not open this port'],
  [/ERR_ABORTED/, 'URL_INVALID', 'it gives no document: a download, or nothing at all'],
  [/ERR_TOO_MANY_REDIRECTS/, 'NAVIGATION_FAILED', 'it redirects without end'],
  [/ERR_(CERT|SSL)\w*/, 'NAVIGATION_FAILED', 'its certificate or encryption is not valid'],
  [/ERR_INVALID_URL|Cannot navigate to invalid URL/, 'URL_INVALID', 'it is not a valid address'],
];

/** What a browser says of a connection that its proxy ended. */
const gateErrors = /ERR_(EMPTY_RESPONSE|TUNNEL_CONNECTION_FAILED|PROXY_\w+|CONNECTION_(CLOSED|RESET))/;

export function isGateError(error: unknown): boolean {
  return gateErrors.test(messageOf(error));
}

/** The failure behind what Puppeteer threw when it opened `url`. */
export function navigationFailure(error: unknown, url: string): Failure {
  const text = messageOf(error);
  const [, code, reason] = networkErrors.find(([pattern]) => pattern.test(text)) ?? [];
  if (code) return failure(code, `Could not open ${url}: ${reason}`, { url });
  const name = /net::(ERR_\w+)/.exec(text)?.[1] ?? text.replace(/^Error: /, '');
  return failure('NAVIGATION_FAILED', `Could not open ${url}: ${name}`, { url });
}

const statusCodes: Record<number, FailureCode | undefined> = {
  401: 'LOGIN_REQUIRED',
  403: 'BLOCKED',
  407: 'BLOCKED',
  408: 'HTTP_UNAVAILABLE',
  429: 'RATE_LIMITED',
};

/** What a site answered when a page was asked for. */
export interface DocumentAnswer {
  url: string;
  /** Null when none was loaded. */
  status: number | null;
  /** The header `Retry-After`; null when there is none. */
  retryAfter: string | null;
}

/** A page that was opened and answered with an error; null for a good answer. */
export function statusFailure({ url, status, retryAfter }: DocumentAnswer): Failure | null {
  if (status === null || status < 400) return null;
  const code = statusCodes[status] ?? (status >= 500 ? 'HTTP_UNAVAILABLE' : 'HTTP_STATUS');
  const retryAfterMs = millisecondsOf(retryAfter);
  const details = { url, status, ...(retryAfterMs !== null && { retryAfterMs }) };
  return failure(code, `${url} answered with HTTP status ${status}`, details);
}

/** `Retry-After` is a number of seconds or a date (RFC 9110, 10.2.3). */
function millisecondsOf(retryAfter: string | null): number | null {
  if (retryAfter === null) return null;
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? Math.round(ms) : null;
}

/** What Puppeteer and Chromium say when what they looked at went away with its document. */
const navigatedAway =
  /Execution context (was|is) (destroyed|not available)|Cannot find context|[Dd]etached [Ff]rame|frame (got|was) detached|does not belong to the document|No node with given id|Could not find (node|object) with given id|Inspected target navigated|same JavaScript world|Promise was collected/;

/** True when the page went on to another document while it was being read. */
export function isNavigatedAway(error: unknown): boolean {
  return navigatedAway.test(messageOf(error));
}

/** The failure behind what Puppeteer threw when it worked with an open page. */
export function pageFailure(error: unknown): FailureError {
  if (error instanceof FailureError) return error;
  const text = messageOf(error);
  if (/not a valid (selector|XPath)|not a node set|SyntaxError/.test(text)) {
    return new FailureError(failure('SELECTOR_INVALID', firstLine(text)), { cause: error });
  }
  if (text.includes(tooMuchAtOnce)) {
    const message = `The page has more than can be read at once: ${tooMuchAtOnce}`;
    return new FailureError(failure('PAGE_TOO_LARGE', message), { cause: error });
  }
  return new FailureError(failure('INTERNAL', `The page could not be worked with: ${firstLine(text)}`), {
    cause: error,
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}
