import type { Inputs } from '../records';
import { defaultsOf } from './default-inputs';
import type { Definition } from './definition';
import { pathOf, type Fault } from './fault';
import { own } from './fill';
import { addressOf, givenIn, keptAddresses, type KeptAddress, type StartInputs } from './kept-addresses';
import { isSameHost } from './same-host';

/** Whether inputs leave every address of a robot that keeps to its hosts on the host that it has by its defaults. */
export function startChecker(definition: Definition, given: StartInputs): (inputs: Inputs) => Fault[] {
  const { declared, start } = given;
  const defaults = defaultsOf(declared);
  const kept = keptAddresses(definition, given).map((address) => ({
    address,
    usual: addressOf(address, defaults),
  }));
  return (inputs) =>
    kept.flatMap(({ address, usual }) => {
      const asked = addressOf(address, inputs);
      if (usual !== null && asked !== null && isSameHost(usual, asked)) return [];
      const names = givenIn(address).filter((name) => declared.some((input) => input.name === name));
      const name = names.find((each) => own(inputs, each) !== own(defaults, each)) ?? names[0] ?? start;
      return [{ path: pathOf(['inputs', name]), message: strayed(address, usual) }];
    });
}

/** Addresses of which no inputs would do. */
export function faultsOfKeptAddresses(definition: Definition, given: StartInputs): Fault[] {
  return keptAddresses(definition, given)
    .filter((address) => addressOf(address, defaultsOf(given.declared)) === null)
    .map(({ path, template }) => ({ path: pathOf(path), message: noHost, found: template }));
}

const keeper = 'a robot that uses secrets or keeps a session';
const noHost = `does not say its host, which ${keeper} keeps to: write it here, or give its inputs defaults that say it`;

function strayed({ path, isRelative }: KeptAddress, usual: URL | null): string {
  const place = pathOf(path);
  if (!usual)
    return `leads ${keeper} to any host: ${place} must say one, by itself or by defaults of its inputs`;
  const host = isRelative && usual.host.endsWith('.invalid') ? 'the host of the page' : usual.origin;
  return `leads ${keeper} to another host: ${place} keeps to ${host}`;
}
