import {
  isRunEnded,
  runStatuses,
  runStatusesBefore,
  runStatusOf,
  taskStatuses,
  taskStatusesBefore,
} from './status';

describe('the state table', () => {
  test('an ended task or run goes nowhere', () => {
    const ends = ['succeeded', 'failed', 'timed_out', 'aborted'] as const;
    for (const next of taskStatuses) {
      for (const end of ends) expect(taskStatusesBefore(next)).not.toContain(end);
    }
    for (const next of runStatuses) expect(runStatusesBefore(next).some(isRunEnded)).toBe(false);
  });

  test('a run that is being aborted can only become aborted', () => {
    expect(runStatuses.filter((next) => runStatusesBefore(next).includes('aborting'))).toEqual(['aborted']);
  });

  test.each([
    [{ taskCount: 3, succeeded: 2, failed: 0, timedOut: 0, aborted: 0 }, false, null],
    [{ taskCount: 2, succeeded: 2, failed: 0, timedOut: 0, aborted: 0 }, false, 'succeeded'],
    [{ taskCount: 2, succeeded: 1, failed: 1, timedOut: 0, aborted: 0 }, false, 'partial'],
    [{ taskCount: 2, succeeded: 0, failed: 1, timedOut: 1, aborted: 0 }, false, 'failed'],
    [{ taskCount: 1, succeeded: 0, failed: 0, timedOut: 1, aborted: 0 }, false, 'timed_out'],
    [{ taskCount: 1, succeeded: 0, failed: 0, timedOut: 0, aborted: 1 }, false, 'aborted'],
    [{ taskCount: 2, succeeded: 2, failed: 0, timedOut: 0, aborted: 0 }, true, 'aborted'],
  ])('tasks %j (aborting: %s) make a run %s', (counts, aborting, expected) => {
    expect(runStatusOf(counts, aborting)).toBe(expected);
  });
});
