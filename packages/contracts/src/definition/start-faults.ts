import type { Inputs } from '../records';
import type { Definition, Input } from './definition';
import { pathOf, type Fault } from './fault';
import { fill, own, placeholdersIn } from './fill';
import { isSameHost } from './same-host';
import { secretIn } from './secret-placeholder';
import { secretNames } from './secrets';
import { opensPage } from './with-first-url';

/**
 * Who starts a robot that uses secrets may not have been let see them: its first address stays on the host that it has
 * by its definition alone, whatever the inputs say. `start`: the input that stands for a first address that is fixed.
 */
export function startChecker(
  definition: Definition,
  { declared, start }: { declared: Input[]; start: string },
): (inputs: Inputs) => Fault[] {
  const first = definition.steps.find(opensPage);
  if (!first || secretNames(definition).length === 0) return () => [];
  const isFixed = !first.url.includes('{{');
  // Then the input is the robot's own, and stands for nothing else.
  if (isFixed && definition.inputs.some(({ name }) => name === start)) return () => [];
  const template = isFixed ? `{{${start}}}` : first.url;
  const defaults = declared.flatMap((input) =>
    input.default === undefined ? [] : [[input.name, input.default] as const],
  );
  const usual = addressOf(template, Object.fromEntries(defaults));
  return (inputs) => {
    const asked = addressOf(template, inputs);
    if (usual !== null && asked !== null && isSameHost(usual, asked)) return [];
    const names = [...placeholdersIn(template, [])].map(({ name }) => name);
    const name = names.find((each) => own(inputs, each) !== defaultOf(declared, each)) ?? start;
    const path = pathOf(['inputs', name]);
    const host = usual && `; it keeps to ${usual.origin}`;
    const why = host ?? ', whose host a default of this input must say';
    return [{ path, message: `leads a robot that uses secrets away from its first address${why}` }];
  };
}

/** Null for none, and for one whose host is not known before the run. */
function addressOf(template: string, inputs: Inputs): URL | null {
  const secrets = [...placeholdersIn(template, [])].filter(({ name }) => secretIn(name) !== null);
  const values = { ...inputs, ...Object.fromEntries(secrets.map(({ name }) => [name, 'secret'])) };
  const text = fill(template, values);
  const url = URL.canParse(text) ? new URL(text) : null;
  return url && !/[{}]/.test(url.host) ? url : null;
}

function defaultOf(declared: Input[], name: string): Input['default'] {
  return declared.find((input) => input.name === name)?.default;
}
