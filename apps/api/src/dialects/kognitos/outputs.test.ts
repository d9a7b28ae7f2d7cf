import type { ListedRow } from '@runnel/store';
import { outputsOf } from './outputs';

const run = {
  id: 'run',
  robotId: 'robot',
  status: 'partial' as const,
  taskCount: 2,
  rowCount: 3,
  lists: { page: 2, total: 1 },
  artifacts: ['t1', 't2'].map((taskId) => ({ taskId, name: 'page.png', contentType: 'image/png', size: 1 })),
};
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
  expect(outputsOf(run, rows, 'http://x')).toEqual([
    { name: 'page', value: [{ heading: 'a' }, { heading: 'b' }] },
    { name: 'total', value: [{ total: 1, page: 2, count: 3 }] },
    { name: 'count', value: 3 },
    ...artifacts,
  ]);
});

test('rows that are not shown are told of', () => {
  expect(outputsOf(run, rows.slice(0, 1), 'http://x')).toEqual([
    { name: 'page', value: [{ heading: 'a' }] },
    { name: 'total', value: [] },
    ...artifacts,
    { name: 'data_url', value: 'http://x/api/robots/robot/runs/run/data' },
  ]);
});

test.each(['queued', 'running', 'aborting'] as const)('while a run is %s it has no outputs', (status) => {
  expect(outputsOf({ ...run, status }, rows, 'http://x')).toBeNull();
});
