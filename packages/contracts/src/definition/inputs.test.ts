import { fill } from './fill';
import { inputResolver, inputsOf, resolveInputs, type UnknownInputs } from './inputs';
import { parseDefinition } from './parse-definition';
import { withRecord } from './record-placeholders';

const definitionWith = (parts: Record<string, unknown>) => {
  const steps = [{ type: 'navigate', url: 'https://example.test/{{word}}?page={{ page }}' }];
  const { definition, faults } = parseDefinition({ steps, ...parts });
  if (!definition) throw new Error(JSON.stringify(faults));
  return definition;
};
const definition = definitionWith({
  inputs: [
    { name: 'word', required: true },
    { name: 'page', type: 'number', default: 1 },
  ],
});

describe('inputs', () => {
  test('are checked, and defaults stand in', () => {
    expect(resolveInputs(definition, { word: 'tea' }).inputs).toEqual({ word: 'tea', page: 1 });
  });

  test('missing, wrong and unknown ones are all told', () => {
    const { faults } = resolveInputs(definition, { page: '2', wrd: 'tea' });
    expect(faults).toEqual([
      expect.objectContaining({ path: 'inputs.wrd', didYouMean: 'word' }),
      expect.objectContaining({ path: 'inputs.word', message: 'is missing; give it a string' }),
      expect.objectContaining({ path: 'inputs.page', found: '2' }),
    ]);
  });

  test('one that a step uses must be given, required or not', () => {
    const bare = definitionWith({ inputs: [{ name: 'word' }, { name: 'page' }] });
    expect(resolveInputs(bare, { word: 'tea' }).faults.map(({ path }) => path)).toEqual(['inputs.page']);
  });

  test('every robot with a fixed start can be started elsewhere', () => {
    const fixed = definitionWith({ steps: [{ type: 'navigate', url: 'https://example.test/' }] });
    expect(inputsOf(fixed)).toEqual([
      expect.objectContaining({ name: 'originUrl', default: 'https://example.test/' }),
    ]);
  });

  test('fill every string, however deep, once', () => {
    const filled = fill({ a: ['{{x}}/{{ y }}'], b: { c: '{{z}}' }, d: 4 }, { x: '{{y}}', y: 2 });
    expect(filled).toEqual({ a: ['{{y}}/2'], b: { c: '{{z}}' }, d: 4 });
  });

  test('name the record of the task without being declared, whatever was given by that name', () => {
    const named = definitionWith({
      steps: [
        { type: 'navigate', url: 'https://example.test/{{record.id}}/{{record.name}}-{{record.type}}' },
      ],
    });
    const record = { id: '7', name: 'Shop', type: null };
    const [step] = fill(named.steps, withRecord({ 'record.id': 'mine' }, record));
    expect(step).toMatchObject({ url: 'https://example.test/7/Shop-' });
    expect(fill('[{{record.id}}]', withRecord({}, null))).toBe('[]');
  });
});

describe('inputs that are not declared', () => {
  const resolve = (
    given: Record<string, unknown>,
    unknownInputs: UnknownInputs = 'keep',
    parts: Record<string, unknown> = {},
  ) =>
    inputResolver({ ...definition, ...parts })({ word: 'tea', ...given }, { readText: true, unknownInputs });
  const pathsOf = (...wanted: Parameters<typeof resolve>) =>
    resolve(...wanted).faults.map(({ path }) => path);

  test('are kept as they are where the caller wants it, beside declared ones that are checked as ever', () => {
    const kept = { deep: [{ b: null }], text: '7', none: null, constructor: 1 };
    expect(resolve({ ...kept, absent: undefined, page: '2' }).inputs).toStrictEqual({
      ...{ word: 'tea', page: 2 },
      ...kept,
    });
    expect(pathsOf({ ...kept, word: 3 })).toEqual(['inputs.word']);
  });

  test('are kept for every caller, or for none, when the definition says so', () => {
    expect(resolve({ other: 1 }, 'refuse', { additionalInputs: true }).inputs).toHaveProperty('other', 1);
    expect(pathsOf({ other: 1 }, 'refuse')).toEqual(['inputs.other']);
    expect(pathsOf({ other: 1 }, 'keep', { additionalInputs: false })).toEqual(['inputs.other']);
  });

  test('are kept only so far', () => {
    const names = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, 1]));
    expect(resolve(names(100)).faults).toEqual([]);
    expect(resolve(names(101)).faults).toEqual([
      { path: 'inputs', message: expect.stringContaining('has 101 inputs') as string },
    ]);
    expect(resolve({ a: 'é'.repeat(32_000) }).faults).toEqual([]);
    expect(resolve({ a: 'é'.repeat(33_000) }).faults).toEqual([
      { path: 'inputs', message: expect.stringMatching(/66008 bytes .* at most 65536 bytes/) as string },
    ]);
    const deep: unknown = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000));
    expect(pathsOf({ 'a b': deep })).toEqual(['inputs["a b"]']);
    expect(pathsOf(JSON.parse('{"__proto__":{"x":1}}') as Record<string, unknown>)).toEqual([
      'inputs.__proto__',
    ]);
  });
});
