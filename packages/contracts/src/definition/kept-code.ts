import type { Definition } from './definition';
import { pathOf, type Fault } from './fault';
import { placeholdersIn } from './fill';
import { keepsToHosts } from './kept-addresses';
import { secretIn } from './secret-placeholder';

/** Code of the page, and the rule of which hosts a crawl goes to. */
const closed = ['expression', 'include'];

/** Inputs in places where they could take a robot's secrets out of its pages. */
export function faultsOfKeptCode(definition: Definition): Fault[] {
  if (!keepsToHosts(definition)) return [];
  return [...placeholdersIn(definition.steps, ['steps'])]
    .filter(
      ({ path, name }) => path.some((key) => closed.includes(String(key))) && isTextInput(definition, name),
    )
    .map(({ path, name }) => ({
      path: pathOf(path),
      message: `may take only inputs of type number or boolean in a robot that uses secrets or keeps a session: who starts it could take them out`,
      found: `{{${name}}}`,
    }));
}

/** True for an input that may say anything: neither a number nor a boolean, nor a secret. */
export function isTextInput({ inputs }: Definition, name: string): boolean {
  const declared = inputs.find((input) => input.name === name);
  return secretIn(name) === null && declared?.type !== 'number' && declared?.type !== 'boolean';
}
