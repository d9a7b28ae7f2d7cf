import { failure, type Task } from '@runnel/contracts';
import { isDelayed, summaryOf } from './summary';

const task = (parts: Partial<Task>): Task =>
  ({
    status: 'queued',
    attempt: 0,
    attemptsReturned: 0,
    rowCount: 0,
    lists: {},
    notBefore: null,
    ...parts,
  }) as Task;

const found = failure('NAVIGATION_FAILED', 'The page did not open');
const later = new Date('2100-01-01T08:00:00.500Z');

test.each<[Partial<Task>, string]>([
  [{}, 'Waiting'],
  [{ notBefore: later }, 'Waiting until 2100-01-01T08:00:00 UTC'],
  [{ notBefore: new Date(0) }, 'Waiting'],
  [
    { attempt: 1, notBefore: later, failure: found },
    'Waiting for another attempt: NAVIGATION_FAILED: The page did not open',
  ],
  [{ status: 'running', attempt: 1 }, 'Running: no rows so far'],
  [
    { status: 'succeeded', attempt: 3, attemptsReturned: 1, rowCount: 24, lists: { a: 20, b: 4 } },
    '24 rows in 2 lists, after 2 attempts',
  ],
  [{ status: 'succeeded', attempt: 1 }, 'No rows, after 1 attempt'],
  [
    { status: 'failed', attempt: 3, failure: found },
    'Failed after 3 attempts: NAVIGATION_FAILED: The page did not open',
  ],
  [{ status: 'timed_out', attempt: 1 }, 'Timed out after 1 attempt'],
  [{ status: 'aborted', startedAt: null }, 'Aborted before it began'],
  [{ status: 'aborted', attempt: 1, startedAt: later }, 'Aborted after 1 attempt'],
])('%j is told as %s', (parts, expected) => expect(summaryOf(task(parts))).toBe(expected));

test('only who was not tried yet is delayed', () => {
  expect(isDelayed(task({ notBefore: later }))).toBe(true);
  expect(isDelayed(task({ notBefore: later, attempt: 1 }))).toBe(false);
  expect(isDelayed(task({ notBefore: later, status: 'aborted' }))).toBe(false);
});
