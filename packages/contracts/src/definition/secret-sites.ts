import type { Inputs } from '../records';
import type { Definition } from './definition';
import { fill } from './fill';
import { inputsOf, originUrl } from './inputs';
import { addressOf, keptAddresses, robotAddresses } from './kept-addresses';

/**
 * The sites whose pages alone may be given secrets, in a run whose inputs lead it elsewhere than the robot goes by
 * itself: a path that a starter chooses may be one that the site redirects to anybody. Null: the robot goes its own way.
 */
export function secretSites(definition: Definition, inputs: Inputs): URL[] | null {
  const given = { declared: inputsOf(definition), start: originUrl };
  const usual = Object.fromEntries(
    given.declared.flatMap(({ name, default: value }) => (value === undefined ? [] : [[name, value]])),
  );
  const isLed = keptAddresses(definition, given).some(
    ({ template }) => fill(template, { ...usual, ...inputs }) !== fill(template, usual),
  );
  if (!isLed) return null;
  const addresses = [...keptAddresses(definition, given), ...robotAddresses(definition)];
  return addresses.flatMap((address) => addressOf(address, usual) ?? []);
}
