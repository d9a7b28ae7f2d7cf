import { inputsOf } from './inputs';
import { parseDefinition } from './parse-definition';
import { startingAt } from './starting-at';

const elsewhere = 'https://example.test/elsewhere';
const definitionOf = (urls: string[], inputs: object[] = []) => {
  const steps = urls.map((url) => ({ type: 'navigate', url }));
  const { definition, faults } = parseDefinition({ steps, inputs });
  if (!definition) throw new Error(JSON.stringify(faults));
  return definition;
};
const movedOf = (...document: Parameters<typeof definitionOf>) =>
  startingAt(definitionOf(...document), elsewhere);

describe('a robot with another start', () => {
  test('opens that where it opened its first page', () => {
    const moved = movedOf(['about:blank', 'https://example.test/', 'https://example.test/next']);
    expect(moved).toMatchObject({
      steps: [{ url: 'about:blank' }, { url: elsewhere }, { url: 'https://example.test/next' }],
    });
  });

  test.each(['originUrl', 'start'])('has another default of the input %s that was its first page', (name) => {
    const moved = movedOf([`{{ ${name} }}`], [{ name, default: 'https://example.test/' }, { name: 'other' }]);
    expect(moved).toMatchObject({
      inputs: [{ name, default: elsewhere }, { name: 'other' }],
      steps: [{ url: `{{ ${name} }}` }],
    });
  });

  test('needs no start from its caller any more', () => {
    const moved = movedOf(['{{originUrl}}', '{{originUrl}}?page=2']);
    expect(moved && inputsOf(moved)).toMatchObject([{ name: 'originUrl', default: elsewhere }]);
    const word = { name: 'word', type: 'string', default: 'tea' };
    expect(movedOf(['https://example.test/{{word}}'], [word])).toMatchObject({
      inputs: [word],
      steps: [{ url: elsewhere }],
    });
  });

  test('is none when it opens no page', () => {
    expect(movedOf(['about:blank'])).toBeNull();
  });
});
