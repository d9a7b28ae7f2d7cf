import { closedObject, parseWithFaults } from '@runnel/contracts';
import { z } from 'zod';
import { givenInputs } from './given-inputs';

const body = closedObject({ inputs: givenInputs });
const read = (inputs: unknown) => parseWithFaults(body, { inputs });

test('inputs are given by name, as a list, or not at all', () => {
  const values = { b: 5, order: { id: 'b4' }, a: null, 1: 'one' };
  const listed = ['order', 'b', '1', 'a'].map((name) => ({
    name,
    value: values[name as keyof typeof values],
  }));
  expect(read(values).value?.inputs).toEqual({ values, names: [] });
  expect(read(listed).value?.inputs).toEqual({ values, names: ['order', 'b', '1', 'a'] });
  for (const none of [null, undefined, {}, []]) {
    expect(read(none).value?.inputs).toEqual({ values: {}, names: [] });
  }
});

test.each<[string, unknown, string]>([
  ['a text', 'x', 'inputs'],
  ['an item that is none', ['x'], 'inputs[0]'],
  ['an item without a name', [{ name: 'a', value: 1 }, { value: 2 }], 'inputs[1].name'],
  ['an empty name', [{ name: '', value: 1 }], 'inputs[0].name'],
  ['an item without a value', [{ name: 'a' }], 'inputs[0].value'],
  ['an unknown word', [{ name: 'a', value: 1, type: 'x' }], 'inputs[0].type'],
  ['a name given twice', [1, 2].map((value) => ({ name: 'a', value })), 'inputs[1].name'],
])('%s is told at its place', (_what, inputs, path) => {
  expect(read(inputs).faults).toEqual([expect.objectContaining({ path })]);
});

test('every fault of a list is told, with what was found and what is allowed', () => {
  expect(read([{ value: 1 }, { name: 2, vlaue: 1 }]).faults).toEqual([
    { path: 'inputs[0].name', message: 'is missing; must be string' },
    expect.objectContaining({ path: 'inputs[1].name', found: 2 }),
    { path: 'inputs[1].value', message: 'is missing' },
    expect.objectContaining({ path: 'inputs[1].vlaue', found: 1 }),
  ]);
});

test('documents show what an item of a list holds', () => {
  const schema = JSON.stringify(z.toJSONSchema(body, { io: 'input' }));
  expect(schema).toContain('"required":["name","value"]');
});
