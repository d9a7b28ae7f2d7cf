import type { Definition } from './definition';
import { fill, placeholdersIn } from './fill';
import { opensPage, withFirstUrl } from './with-first-url';

/**
 * The same program with another first address; where an input is that address, with another default of it. Null when
 * it opens none.
 */
export function startingAt(definition: Definition, url: string): Definition | null {
  const first = definition.steps.find(opensPage);
  if (!first) return null;
  const [used] = placeholdersIn(first.url, []);
  const input = definition.inputs.find(({ name, type }) => name === used?.name && type === 'string');
  const isAddress = input !== undefined && fill(first.url, { [input.name]: '' }).trim() === '';
  if (!isAddress) return { ...definition, steps: withFirstUrl(definition.steps, url) };
  const inputs = definition.inputs.map((each) => (each === input ? { ...each, default: url } : each));
  return { ...definition, inputs };
}
