import type { ScheduledRecord } from '@runnel/contracts';
import { asBase36 } from '../../id-forms';
import { scheduleAsSent } from './schedule-as-sent';

const records: ScheduledRecord[] = [
  { kind: 'own', id: 'a' },
  { kind: 'own', id: 'b' },
  { kind: 'given', id: 'c', name: null, inputs: {} },
];
const pathOf = (path: string, of = records): string => scheduleAsSent(of)({ path, message: 'm' }).path;

test.each([
  ['cron', 'trigger.cron'],
  ['jitterSeconds', 'trigger.jitterSeconds'],
  ['maxFires', 'trigger.maxFires'],
  ['target.records[1]', 'target.recordIds[1]'],
  ['target.records[1].inputs.url', 'target.recordIds[1].url'],
  ['target.records[2].inputs.url', 'target.records[0].inputs.url'],
  ['records[2]', 'target.records[0]'],
  ['records', 'target.recordIds'],
  ['target.inputs.url', 'inputs.url'],
  ['inputs.url', 'inputs.url'],
  ['target.fileIds[0]', 'target.fileIds[0]'],
  ['fileIds[0]', 'target.fileIds[0]'],
  ['stage', 'target.flowId'],
  ['target.recordFilter.where[0].field', 'target.recordFilter.where[0].field'],
  ['overlapPolicy', 'overlapPolicy'],
  ['catchUpMax', 'catchUpMax'],
])('%s is told at %s', (path, told) => {
  expect(pathOf(path)).toBe(told);
});

test('of a schedule without ids its records are told as such', () => {
  expect(pathOf('records', [])).toBe('target.records');
  expect(pathOf('records[0]', [])).toBe('target.records[0]');
});

test('the flow of a filter is told as it was written', () => {
  const id = '01939f0c-5b2a-7c3d-8e4f-0123456789ab';
  const fault = { path: 'target.recordFilter.robotId', message: 'there is no such robot', found: id };
  expect(scheduleAsSent([])(fault)).toEqual({
    path: 'target.recordFilter.flowId',
    message: 'there is no such flow',
    found: `flow_${asBase36(id)}`,
  });
});
