import { isDeepStrictEqual } from 'node:util';
import {
  FailureError,
  filledOptions,
  firstAddress,
  secretNames,
  type Definition,
  type Failure,
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
  egress: Pick<Egress, 'checkDomains' | 'connect' | 'testProxy'>;
}

interface CheckedRobot {
  spaceId: string;
  definition: Definition;
  /** What it was before; null for a new robot. */
  before: Definition | null;
  /** Those that the key which saves it may send its robots to; null: any. */
  domains: readonly string[] | null;
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
  const fault = faultOfDomains(deps, robot, proxy) ?? (await faultOfProxy(deps, robot, proxy));
  if (fault) throw new InvalidInputError('The proxy does not do', [fault]);
}

function sealedParts(definition: Definition): Fault[] {
  const [secret] = secretNames(definition);
  const { session } = definition.options;
  return [
    ...(secret === undefined ? [] : [{ path: '', message: `uses {{secret.${secret}}}, which ${noVault}` }]),
    ...(session ? [{ path: 'options.session', message: noVault }] : []),
  ];
}

/** Before a host is sent anything: what the test of a proxy sends holds a secret. Null when all may be. */
function faultOfDomains(
  { egress }: RobotDeps,
  { definition, domains }: CheckedRobot,
  proxy: Proxy,
): Fault | null {
  const first = firstAddress(definition);
  try {
    egress.checkDomains(new URL(proxy.server), domains);
    if (first) egress.checkDomains(first, domains);
    return null;
  } catch (error) {
    return { path: 'options.proxy.server', message: failureIn(error).message };
  }
}

/** Why the first address of the robot cannot be reached by its proxy; null when it can. */
async function faultOfProxy(
  deps: RobotDeps,
  { spaceId, definition }: CheckedRobot,
  proxy: Proxy,
): Promise<Fault | null> {
  const options: Options = { ...definition.options, headers: {} };
  try {
    const secrets = await revealSecrets(deps, { spaceId, definition: { steps: [], options } });
    const filled = filledOptions(options, secrets).proxy ?? proxy;
    const first = firstAddress(definition);
    if (first) await deps.egress.testProxy(filled, targetOf(first));
    else (await deps.egress.connect(targetOf(new URL(proxy.server)))).destroy();
    return null;
  } catch (error) {
    const { code, message } = failureIn(error);
    const told = code === 'SECRET_MISSING' ? `${message}; set it first` : message;
    return { path: 'options.proxy', message: told };
  }
}

/** What was met outside; anything else is a bug, and thrown on. */
function failureIn(error: unknown): Failure {
  if (error instanceof FailureError) return error.failure;
  throw error;
}

const usualPorts: Record<string, number> = { 'http:': 80, 'https:': 443, 'socks5:': 1080 };

function targetOf({ protocol, hostname, port }: URL): { host: string; port: number } {
  return { host: hostname, port: port === '' ? (usualPorts[protocol] ?? 0) : Number(port) };
}
