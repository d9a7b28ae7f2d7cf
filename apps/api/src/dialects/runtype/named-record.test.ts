import { asBase36 } from '../../id-forms';
import { namedRecord } from './named-record';

const uuid = '01939f0c-5b2a-7c3d-8e4f-0123456789ab';
const word = asBase36(uuid);

test('an id names a record of a file, a row of an earlier task, or nothing of ours', () => {
  const inFile = `rec_${word}_12`;
  expect(namedRecord(inFile)).toEqual({ kind: 'file', fileId: uuid, index: 12, id: inFile });
  const byUuid = `rec_${uuid}_12`;
  expect(namedRecord(byUuid)).toEqual({ kind: 'file', fileId: uuid, index: 12, id: byUuid });
  const row = `row_${word}_0`;
  expect(namedRecord(row)).toEqual({ kind: 'row', taskId: uuid, position: 0, id: row });
});

test.each([
  'rec_98765zyxwv',
  'customer 12',
  `rec_${word}`,
  `rec_${'z'.repeat(25)}_1`,
  `row_${word}_-1`,
  `x_${word}_1`,
])('%s is a record of the caller’s own', (id) => {
  expect(namedRecord(id)).toEqual({ kind: 'own', id });
});
