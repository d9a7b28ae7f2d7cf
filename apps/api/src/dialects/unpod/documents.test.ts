import { aDefinition } from '@runnel/testing';
import { createBody, type CreateBody } from './create-body';
import { asSent, recordsOf } from './documents';

const body = (parts: Record<string, unknown>): CreateBody => createBody.parse({ pilot: 'a', ...parts });

test('a document is a record: its id, name and type, and all else as inputs', () => {
  const sent = body({
    execution_type: 'call',
    documents: [
      { document_id: 5, name: 'n', a: 1 },
      { id: 'x', document_id: 'y', execution_type: 'email' },
    ],
  });
  expect(recordsOf(sent, aDefinition())).toEqual([
    { id: '5', name: 'n', type: 'call', inputs: { a: 1 }, isText: true },
    { id: 'x', name: null, type: 'email', inputs: {}, isText: true },
  ]);
});

test('what names a document is input too where the robot asks for it', () => {
  const definition = aDefinition({ inputs: [{ name: 'id' }] });
  const [record] = recordsOf(body({ documents: [{ id: 'x', name: 'n' }] }), definition);
  expect(record).toMatchObject({ id: 'x', name: 'n', inputs: { id: 'x' } });
});

test.each([
  ['records[3].inputs.city', 'documents[3].city'],
  ['records[3].inputs["the city"]', 'documents[3]["the city"]'],
  ['records[3].inputs', 'documents[3]'],
  ['records', 'documents'],
  ['stage', 'pilot'],
  ['inputs.context', 'context'],
  ['records[0].inputs.context', 'context'],
  ['records[1].inputs.context', 'documents[1].context'],
])('a fault at %s is told at %s', (path, expected) => {
  const sent = body({ context: 'all', documents: [{ a: 1 }, { context: 'own' }] });
  expect(asSent({ path, message: 'm' }, sent)).toEqual({ path: expected, message: 'm' });
});
