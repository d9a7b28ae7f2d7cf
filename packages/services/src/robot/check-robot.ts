import { isDeepStrictEqual } from 'node:util';
import {
  FailureError,
  filledOptions,
  firstAddress,
  secretNames,
  type Definition,
  type Fault,
  type Options,
  type Proxy,
} from '@runnel/contracts';
import type { Egress } from '@runnel/egress';
import { InvalidInputError } from '../invalid-input';
import { revealSecrets, type SecretDeps } from '../secret/reveal-secrets';
import { noVault } from '../secret/set-secret';

/** What robots are saved with. */
export interface RobotDeps extends SecretDeps {
  egress: Pick<Egress, 'connect' | 'testProxy'>;
}

interface CheckedRobot {
  spaceId: string;
  definition: Definition;
  /** What it was before; null for a new robot. */
  before: Definition | null;
}

/**
 * What a robot cannot be saved with although its definition is right: secrets or logins where nothing seals them, or
 * a proxy that does not do. Not in a transaction: a proxy may take seconds.
 * @throws InvalidInputError
 */
export async function checkRobot(deps: RobotDeps, robot: CheckedRobot): Promise<void> {
  const { definition, before } = robot;
  const faults = deps.vault ? [] : sealedParts(definition);
  if (faults.length > 0) throw new InvalidInputError('The robot needs what this installation lacks', faults);
  const { proxy } = definition.options;
  if (!proxy || isDeepStrictEqual(proxy, before?.options.proxy)) return;
  const message = await faultOfProxy(deps, robot, proxy);
  if (message === null) return;
  throw new InvalidInputError('The proxy does not do', [{ path: 'options.proxy', message }]);
}

function sealedParts(definition: Definition): Fault[] {
  const [secret] = secretNames(definition);
  const { session } = definition.options;
  return [
    ...(secret === undefined ? [] : [{ path: '', message: `uses {{secret.${secret}}}, which ${noVault}` }]),
    ...(session ? [{ path: 'options.session', message: noVault }] : []),
  ];
}

/** Why the first address of the robot cannot be reached by its proxy; null when it can. */
async function faultOfProxy(
  deps: RobotDeps,
  { spaceId, definition }: CheckedRobot,
  proxy: Proxy,
): Promise<string | null> {
  const options: Options = { ...definition.options, headers: {} };
  try {
    const secrets = await revealSecrets(deps, { spaceId, definition: { steps: [], options } });
    const filled = filledOptions(options, secrets).proxy ?? proxy;
    const first = firstAddress(definition);
    if (first) await deps.egress.testProxy(filled, targetOf(first));
    else (await deps.egress.connect(targetOf(new URL(proxy.server)))).destroy();
    return null;
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    const { code, message } = error.failure;
    return code === 'SECRET_MISSING' ? `${message}; set it first` : message;
  }
}

const usualPorts: Record<string, number> = { 'http:': 80, 'https:': 443, 'socks5:': 1080 };

function targetOf({ protocol, hostname, port }: URL): { host: string; port: number } {
  return { host: hostname, port: port === '' ? (usualPorts[protocol] ?? 0) : Number(port) };
}
