import { failure, FailureError, type SessionState } from '@runnel/contracts';

/** Characters of JSON. */
export const largestState = 1024 ** 2;

/** The state as it is. @throws FailureError PAGE_TOO_LARGE when it holds more than is kept */
export function boundedState(state: SessionState): SessionState {
  if (JSON.stringify(state).length > largestState) throw stateTooLarge();
  return state;
}

export function stateTooLarge(): FailureError {
  return new FailureError(failure('PAGE_TOO_LARGE', 'Its cookies and storage take more than 1 MiB'));
}
