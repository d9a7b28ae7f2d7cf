import { failure, type RunStatus } from '@runnel/contracts';
import type { ListedRow } from '@runnel/store';
import { outputsOf } from './outputs';

const run = {
  id: 'run',
  robotId: 'robot',
  status: 'succeeded' as const,
  taskCount: 2,
  tasksSucceeded: 2,
  failure: null,
  rowCount: 3,
  lists: { page: 2, total: 1 },
  artifacts: ['t1', 't2'].map((taskId) => ({ taskId, name: 'page.png', contentType: 'image/png', size: 1 })),
};
const links = { base: 'http://x', signingKey: null };
const rows: ListedRow[] = [
  { list: 'page', data: { heading: 'a' } },
  { list: 'total', data: { total: 1, page: 2, count: 3 } },
  { list: 'page', data: { heading: 'b' } },
];
const artifacts = ['t1', 't2'].map((task) => ({
  name: 'page.png',
  value: `http://x/api/robots/robot/runs/run/artifacts/page.png?task=${task}`,
}));

test('lists are gathered from all tasks, and a field never takes the name of a list', () => {
  expect(outputsOf(run, rows, links)).toEqual([
    { name: 'page', value: [{ heading: 'a' }, { heading: 'b' }] },
    { name: 'total', value: [{ total: 1, page: 2, count: 3 }] },
    { name: 'count', value: 3 },
    ...artifacts,
  ]);
});

test('rows that are not shown are told of', () => {
  expect(outputsOf(run, rows.slice(0, 1), links)).toEqual([
    { name: 'page', value: [{ heading: 'a' }] },
    { name: 'total', value: [] },
    ...artifacts,
    { name: 'data_url', value: 'http://x/api/robots/robot/runs/run/data' },
  ]);
});

test.each(['queued', 'running', 'aborting'] as const)('while a run is %s it has no outputs', (status) => {
  expect(outputsOf({ ...run, status }, rows, links)).toBeNull();
});

test('a run that did not succeed whole tells why, and no field takes that name', () => {
  const failed = {
    ...run,
    failure: failure('HTTP_STATUS', 'x answered with HTTP status 404'),
    artifacts: [],
  };
  const single: ListedRow[] = [{ list: 'total', data: { error: 'of the page' } }];
  const lists = [
    { name: 'page', value: [] },
    { name: 'total', value: [{ error: 'of the page' }] },
  ];
  const outputs = (parts: { status?: RunStatus; taskCount?: number; tasksSucceeded?: number }) =>
    outputsOf({ ...failed, rowCount: 1, ...parts }, single, links);
  expect(outputs({ status: 'partial', taskCount: 3, tasksSucceeded: 2 })).toEqual([
    { name: 'error', value: '1 of 3 tasks did not succeed: x answered with HTTP status 404' },
    ...lists,
  ]);
  expect(outputs({ status: 'failed', taskCount: 1, tasksSucceeded: 0 })).toEqual([
    { name: 'error', value: 'x answered with HTTP status 404' },
    ...lists,
  ]);
  expect(outputs({})).toEqual([...lists, { name: 'error', value: 'of the page' }]);
});
