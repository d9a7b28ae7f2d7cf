import { failure, FailureError } from '../failure';
import type { OwnHeaders } from '../session';
import type { Definition } from './definition';
import { pathOf, type Fault } from './fault';
import { fill } from './fill';
import { firstAddress } from './inputs';
import { secretsIn, withSecrets } from './secrets';

/**
 * The headers that hold secrets, filled, and the site that is sent them: that of the robot's first address by its
 * definition alone. Null for a robot without such headers.
 * @throws FailureError SECRET_MISSING when a value cannot stand in its header, or when that site is not known
 */
export function ownHeaders(definition: Definition, secrets: ReadonlyMap<string, string>): OwnHeaders | null {
  const held = headersWithSecrets(definition);
  if (held.length === 0) return null;
  const site = firstAddress(definition);
  if (!site) throw new FailureError(failure('SECRET_MISSING', `A header of the robot ${noSite}`));
  const values = withSecrets({}, secrets);
  const headers = Object.fromEntries(held.map(([name, value]) => [name, fill(value, values)]));
  for (const [name, value] of Object.entries(headers)) {
    if (isHeaderValue(value)) continue;
    const secret = secretsIn(definition.options.headers[name] ?? '')
      .map((each) => JSON.stringify(each))
      .join(', ');
    const message = `The secret ${secret} cannot stand in the header ${JSON.stringify(name)}: it is not plain ASCII on one line`;
    throw new FailureError(failure('SECRET_MISSING', message));
  }
  return { site, headers };
}

const noSite =
  'holds a secret, which only the host of the first address is sent, and that is not known: say it in the first `navigate`, or by a default of its inputs';

/** Headers with secrets that would be sent to nobody. */
export function faultsOfOwnHeaders(definition: Definition): Fault[] {
  const held = headersWithSecrets(definition);
  if (held.length === 0 || firstAddress(definition)) return [];
  return held.map(([name, value]) => ({
    path: pathOf(['options', 'headers', name]),
    message: noSite,
    found: value,
  }));
}

function headersWithSecrets({ options }: Definition): [name: string, value: string][] {
  return Object.entries(options.headers).filter(([, value]) => secretsIn(value).length > 0);
}

const headerValue = /^[\t\x20-\x7e]*$/;

/** Plain ASCII on one line: anything else could be another header, or another request. */
function isHeaderValue(text: string): boolean {
  return headerValue.test(text);
}
