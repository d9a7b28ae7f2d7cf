import type { Inputs } from '../records';
import { defaultsOf } from './default-inputs';
import type { Definition } from './definition';
import { fill, placeholdersIn } from './fill';
import { inputsOf, originUrl } from './inputs';
import { addressOf, keptAddresses, robotAddresses } from './kept-addresses';
import { isTextInput } from './kept-code';
import type { StepOf } from './step/step';

const typed: keyof StepOf<'change'> = 'value';

/**
 * The sites whose pages alone may be given secrets, in a run whose inputs lead it elsewhere than the robot goes by
 * itself: a path that a starter chooses may be one that the site redirects to anybody, and a link that they choose
 * leads to anybody. Null: the robot goes its own way.
 */
export function secretSites(definition: Definition, inputs: Inputs): URL[] | null {
  const given = { declared: inputsOf(definition), start: originUrl };
  const usual = defaultsOf(given.declared);
  const isOther = (template: string): boolean =>
    fill(template, { ...usual, ...inputs }) !== fill(template, usual);
  const kept = keptAddresses(definition, given);
  const leading = [...kept.map(({ template }) => template), ...choosing(definition)];
  if (!leading.some(isOther)) return null;
  return [...kept, ...robotAddresses(definition)].flatMap((address) => addressOf(address, usual) ?? []);
}

/** The placeholders of texts that say which link is followed or what stands for one: all but what is typed. */
function choosing(definition: Definition): string[] {
  return [...placeholdersIn(definition.steps, ['steps'])]
    .filter(({ path, name }) => path.at(-1) !== typed && isTextInput(definition, name))
    .map(({ name }) => `{{${name}}}`);
}
