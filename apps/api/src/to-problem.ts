import {
  AheadRunEndedError,
  AnotherMomentError,
  BudgetSpentError,
  InvalidInputError,
  KeyOverError,
  KeyReusedError,
  LastAdminKeyError,
  NewerVersionError,
  NothingToRetryError,
  NothingToSkipError,
  RunRemovedError,
  ScheduleBusyError,
  SchedulePausedError,
  SpaceFullError,
} from '@runnel/services';
import { isUnavailable } from '@runnel/store';
import { HttpProblem } from './http-problem';
import { HarmfulJsonError } from './read-json';
import { whereNotJson } from './where-not-json';

/** What Express and its readers throw for a fault of the client's. */
interface Refusal extends Error {
  type?: string;
  status: number;
  /** What was read. */
  body?: unknown;
}

/** The problem behind anything thrown while a request was served; null for a fault of ours. */
export function toProblem(error: unknown): HttpProblem | null {
  if (error instanceof HttpProblem) return error;
  const refusal = refusalBy(error);
  if (refusal) return refusal;
  if (error instanceof URIError) return new HttpProblem('NOT_FOUND', 'The path is not a valid address');
  if (isUnavailable(error))
    return new HttpProblem('UNAVAILABLE', 'The database does not answer; try again soon');
  return refusedByExpress(error);
}

/** What reads bodies, and what sends files, throw for what is wrong with the request. */
function refusedByExpress(error: unknown): HttpProblem | null {
  if (!isRefusal(error)) return null;
  const { type = '', message } = error;
  if (type === 'entity.too.large')
    return new HttpProblem(
      'BODY_TOO_LARGE',
      'The body is larger than 1 MiB; send less at a time, or records as a file where the API takes files',
    );
  if (type === 'entity.too.deep')
    return new HttpProblem('INVALID_INPUT', 'The body is not right', [{ path: '', message }]);
  if (type === 'entity.parse.failed')
    return new HttpProblem('BODY_NOT_JSON', `The body is not a JSON object: ${whyNotJson(error)}`);
  // A file that is missing is named with its path.
  if (error.status === 404 || 'syscall' in error)
    return new HttpProblem('NOT_FOUND', 'There is nothing at this address');
  return new HttpProblem('BODY_NOT_JSON', `The body cannot be read: ${message}`);
}

/** In no words of the body: it may be a secret that was sent wrongly. */
function whyNotJson(error: Refusal): string {
  if (error instanceof HarmfulJsonError) return error.message;
  const text = typeof error.body === 'string' ? error.body : '';
  const at = whereNotJson(text);
  if (at >= text.length) return 'it ends too early';
  const lines = text.slice(0, at).split('\n');
  return `unexpected token at line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}

/** What cannot be as things are now. */
const conflicts = [
  RunRemovedError,
  NewerVersionError,
  ScheduleBusyError,
  AheadRunEndedError,
  SchedulePausedError,
  NothingToSkipError,
  AnotherMomentError,
  KeyOverError,
  LastAdminKeyError,
];

/** What a verb refuses, and why. */
function refusalBy(error: unknown): HttpProblem | null {
  if (error instanceof InvalidInputError)
    return new HttpProblem('INVALID_INPUT', error.message, error.faults);
  if (error instanceof KeyReusedError) {
    return new HttpProblem('IDEMPOTENCY_KEY_REUSED', error.message, error.faults);
  }
  if (error instanceof Error && conflicts.some((conflict) => error instanceof conflict)) {
    return new HttpProblem('CONFLICT', error.message);
  }
  if (error instanceof NothingToRetryError) {
    return new HttpProblem('CONFLICT', `The run cannot be retried: ${error.message}`);
  }
  if (error instanceof BudgetSpentError) {
    return new HttpProblem('BUDGET_SPENT', error.message).after(error.retryAfterSeconds);
  }
  if (error instanceof SpaceFullError) return new HttpProblem('TOO_MANY_TASKS', error.message);
  return null;
}

function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && 'status' in error && Number(error.status) < 500;
}
