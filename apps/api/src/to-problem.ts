import { InvalidInputError } from '@runnel/services';
import { HttpProblem } from './http-problem';

/** What Express's body reader throws. */
interface BodyError extends Error {
  type?: string;
  status: number;
}

/** The problem behind anything thrown while a request was served; null for a fault of ours. */
export function toProblem(error: unknown): HttpProblem | null {
  if (error instanceof HttpProblem) return error;
  if (error instanceof InvalidInputError)
    return new HttpProblem('INVALID_INPUT', error.message, error.faults);
  if (error instanceof URIError) return new HttpProblem('NOT_FOUND', 'The path is not a valid address');
  if (!isBodyError(error)) return null;
  if (error.type === 'entity.too.large')
    return new HttpProblem('BODY_TOO_LARGE', 'The body is larger than 1 MiB');
  if (error.type === 'entity.parse.failed') {
    return new HttpProblem('BODY_NOT_JSON', `The body is not a JSON object: ${error.message}`);
  }
  return new HttpProblem('BODY_NOT_JSON', `The body cannot be read: ${error.message}`);
}

function isBodyError(error: unknown): error is BodyError {
  return error instanceof Error && 'status' in error && Number(error.status) < 500;
}
