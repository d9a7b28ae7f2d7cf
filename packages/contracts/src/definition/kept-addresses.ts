import { isUrl } from '../is-url';
import type { Inputs } from '../records';
import type { Definition, Input } from './definition';
import { fill, placeholdersIn } from './fill';
import { secretIn } from './secret-placeholder';
import { secretNames } from './secrets';
import { pageNumber } from './step/paginate';
import type { Step } from './step/step';
import { opensPage } from './with-first-url';

/** An address that is made of what a run is started with, in a robot that keeps to its hosts. */
export interface KeptAddress {
  /** Where it stands. */
  path: readonly PropertyKey[];
  template: string;
  /** True where it may be told from the page that is open. */
  isRelative: boolean;
}

export interface StartInputs {
  declared: Input[];
  /** The input that stands for the first address where none is declared by this name. */
  start: string;
}

/**
 * The addresses that who starts the robot has a say in; none where that does no harm. One that uses secrets or keeps
 * its login goes to the hosts that it has by its definition alone: who starts it may not have been let see them.
 */
export function keptAddresses(definition: Definition, { declared, start }: StartInputs): KeptAddress[] {
  if (!keepsToHosts(definition)) return [];
  const isStart = ({ name }: Input) => name === start;
  const isReplaced = !definition.inputs.some(isStart) && declared.some(isStart);
  const first = definition.steps.find(opensPage);
  return addressesIn(definition.steps, ['steps'])
    .map(({ step, ...address }) =>
      isReplaced && step === first ? { ...address, template: `{{${start}}}` } : address,
    )
    .filter((address) => givenIn(address).length > 0);
}

/** The addresses that a robot opens by itself, whoever has a say in them. */
export function robotAddresses({ steps }: Definition): KeptAddress[] {
  return addressesIn(steps, ['steps']).filter(({ isRelative }) => !isRelative);
}

/** True for a robot whose starters must not lead it elsewhere, nor write what its pages run. */
export function keepsToHosts(definition: Definition): boolean {
  return secretNames(definition).length > 0 || definition.options.session !== null;
}

/** What who starts a run says in an address: inputs, and how a record is called. */
export function givenIn({ template, isRelative }: KeptAddress): string[] {
  const names = [...placeholdersIn(template, [])].map(({ name }) => name);
  return names.filter((name) => secretIn(name) === null && !(isRelative && name === pageNumber));
}

/** Null for none, and for one whose host is not known before the run. */
export function addressOf({ template, isRelative }: KeptAddress, inputs: Inputs): URL | null {
  const secrets = [...placeholdersIn(template, [])].filter(({ name }) => secretIn(name) !== null);
  const page: Inputs = isRelative ? { [pageNumber]: 1 } : {};
  const values = { ...inputs, ...Object.fromEntries(secrets.map(({ name }) => [name, 'secret'])), ...page };
  const text = fill(template, values);
  const [known = ''] = text.split(/\{\{\s*record\./);
  if (known !== text && !fixedHost.test(known)) return null;
  const [url = null, ...others] = (isRelative ? openPages : [undefined]).map((base) => parsed(text, base));
  return url && others.every((other) => other?.host === url.host) ? url : null;
}

/** Stand for the page that is open: `https:x` is a path on a page of https, and a host on one of http. */
const openPages = ['https://page.invalid/', 'http://page.invalid/'];

/** Whatever follows, it is no part of the host: how a record is called is not known yet. */
const fixedHost = /^(https?:\/\/[^/?#\\\s]+[/?#\\]|\/[^/\\\s]|[?#])/i;

function parsed(text: string, base: string | undefined): URL | null {
  const url = isUrl(text, base) ? new URL(text, base) : null;
  return url && !/[{}]/.test(url.host) ? url : null;
}

function addressesIn(steps: Step[], path: readonly PropertyKey[]): (KeptAddress & { step: Step })[] {
  return steps.flatMap((step, index) => {
    const at = [...path, index];
    if (opensPage(step)) return [{ step, path: [...at, 'url'], template: step.url, isRelative: false }];
    if (step.type === 'extractList' && step.paginate?.by === 'url') {
      const { url } = step.paginate;
      return [{ step, path: [...at, 'paginate', 'url'], template: url, isRelative: true }];
    }
    return 'steps' in step ? addressesIn(step.steps, [...at, 'steps']) : [];
  });
}
