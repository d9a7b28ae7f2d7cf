import {
  AheadRunEndedError,
  AnotherMomentError,
  InvalidInputError,
  KeyReusedError,
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

/** What Express's body reader throws. */
interface BodyError extends Error {
  type?: string;
  status: number;
}

/** The problem behind anything thrown while a request was served; null for a fault of ours. */
export function toProblem(error: unknown): HttpProblem | null {
  if (error instanceof HttpProblem) return error;
  const refusal = refusalBy(error);
  if (refusal) return refusal;
  if (error instanceof URIError) return new HttpProblem('NOT_FOUND', 'The path is not a valid address');
  if (isUnavailable(error))
    return new HttpProblem('UNAVAILABLE', 'The database does not answer; try again soon');
  if (!isBodyError(error)) return null;
  if (error.type === 'entity.too.large')
    return new HttpProblem(
      'BODY_TOO_LARGE',
      'The body is larger than 1 MiB; send less at a time, or records as a file where the API takes files',
    );
  if (error.type === 'entity.parse.failed') {
    const reason = /call stack/.test(error.message) ? 'it is nested too deep' : error.message;
    return new HttpProblem('BODY_NOT_JSON', `The body is not a JSON object: ${reason}`);
  }
  return new HttpProblem('BODY_NOT_JSON', `The body cannot be read: ${error.message}`);
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
  if (error instanceof SpaceFullError) return new HttpProblem('TOO_MANY_TASKS', error.message);
  return null;
}

function isBodyError(error: unknown): error is BodyError {
  return error instanceof Error && 'status' in error && Number(error.status) < 500;
}
