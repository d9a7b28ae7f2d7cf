import { fill, inputsOf, resolveInputs } from './inputs';
import { parseDefinition } from './parse-definition';

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
});
