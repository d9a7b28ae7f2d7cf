import { definitionSchema, type Definition } from './definition';
import { parseWithFaults, pathOf, wrongWord, nearest, type Fault } from './fault';
import { placeholdersIn } from './fill';
import { inputsOf, originUrl } from './inputs';
import { isDeeperThan } from './is-deeper-than';
import { faultsOfOwnHeaders } from './own-headers';
import { faultsOfKeptCode } from './kept-code';
import { recordPlaceholders } from './record-placeholders';
import { secretIn } from './secret-placeholder';
import { wronglyNamedSecrets } from './secrets';
import { crossFaults } from './cross-faults';
import { faultsOfKeptAddresses } from './start-faults';
import { pageNumber, paginateKinds } from './step/paginate';
import { innerStepTypes, stepTypes } from './step/step';

const maxBytes = 256 * 1024;
const maxDepth = 12;

/** The definition in `document`, or every fault of it at once. */
export function parseDefinition(
  document: unknown,
): { definition: Definition; faults: [] } | { definition: null; faults: Fault[] } {
  const sizeFaults = tooLarge(document);
  if (sizeFaults.length > 0) return { definition: null, faults: sizeFaults };
  const { value, faults } = parseWithFaults(definitionSchema, document);
  const all = [
    ...faults.map(knownWord).map(unsaid),
    ...undeclaredInputs(document),
    ...wronglyNamedSecrets({ steps: entry(document, 'steps'), options: entry(document, 'options') }),
    ...doubleInputs(document),
    ...noPage(document),
    ...crossFaults(document),
    ...(value ? faultsOfHosts(value) : []),
  ];
  return value && all.length === 0 ? { definition: value, faults: [] } : { definition: null, faults: all };
}

/** Where it does not say which hosts its secrets are for. */
function faultsOfHosts(definition: Definition): Fault[] {
  const given = { declared: inputsOf(definition), start: originUrl };
  return [
    ...faultsOfOwnHeaders(definition),
    ...faultsOfKeptAddresses(definition, given),
    ...faultsOfKeptCode(definition),
  ];
}

function tooLarge(document: unknown): Fault[] {
  if (isDeeperThan(document, maxDepth))
    return [{ path: '', message: `is nested deeper than ${maxDepth} levels` }];
  const bytes = Buffer.byteLength(JSON.stringify(document));
  return bytes > maxBytes
    ? [{ path: '', message: `is ${bytes} bytes long; at most ${maxBytes} are allowed` }]
    : [];
}

/** zod tells an unknown `type` of a step, or `by` of a pagination, without the list of those that exist. */
function knownWord(fault: Fault): Fault {
  if (/\.paginate\.by$/.test(fault.path)) return wrongWord(fault.path, fault.found, paginateKinds);
  if (!/^(steps\[\d+\]\.)+type$/.test(fault.path)) return fault;
  const isInner = fault.path.split('steps[').length > 2;
  return wrongWord(fault.path, fault.found, isInner ? innerStepTypes : stepTypes);
}

/** A password that stands where none may is not said again. */
function unsaid(fault: Fault): Fault {
  const { found, ...told } = fault;
  const isPassword = fault.path === 'options.proxy.password';
  const hasPassword =
    fault.path === 'options.proxy.server' && typeof found === 'string' && found.includes('@');
  return isPassword || hasPassword ? told : fault;
}

function undeclaredInputs(document: unknown): Fault[] {
  const declared = [...namesOf(document), originUrl, ...recordPlaceholders];
  return [...placeholdersIn(entry(document, 'steps'), ['steps'])]
    .filter(
      ({ name, path }) => !declared.includes(name) && secretIn(name) === null && !isPageNumber(name, path),
    )
    .map(({ path, name }) => {
      const didYouMean = nearest(name, declared);
      const message = `uses {{${name}}}, which \`inputs\` does not declare`;
      return {
        path: pathOf(path),
        message,
        found: `{{${name}}}`,
        allowed: declared,
        ...(didYouMean && { didYouMean }),
      };
    });
}

function isPageNumber(name: string, path: readonly PropertyKey[]): boolean {
  return name === pageNumber && path.at(-2) === 'paginate' && path.at(-1) === 'url';
}

function doubleInputs(document: unknown): Fault[] {
  const names = namesOf(document);
  return names.flatMap((name, index) =>
    names.indexOf(name) < index
      ? [{ path: `inputs[${index}].name`, message: `${JSON.stringify(name)} is declared twice`, found: name }]
      : [],
  );
}

const pagelessTypes: unknown[] = ['setViewport', 'emulateNetworkConditions', 'customStep', 'wait'];

/** A step that needs a page before any step opens one. */
function noPage(document: unknown): Fault[] {
  const steps = entry(document, 'steps');
  if (!Array.isArray(steps)) return [];
  const types = steps.map((step) => entry(step, 'type'));
  const first = types.findIndex((type) => !pagelessTypes.includes(type));
  if (first === -1 || types[first] === 'navigate') return [];
  const message = 'no page is open yet: a `navigate` step must come first';
  return [{ path: `steps[${first}]`, message, found: types[first] }];
}

function namesOf(document: unknown): string[] {
  const inputs = entry(document, 'inputs');
  if (!Array.isArray(inputs)) return [];
  return inputs.map((input) => entry(input, 'name')).filter((name) => typeof name === 'string');
}

function entry(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}
