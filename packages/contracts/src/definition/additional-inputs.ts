import { pathOf, type Fault } from './fault';
import { isDeeperThan } from './is-deeper-than';
import { secretIn } from './secret-placeholder';

const mostNames = 100;
const mostBytes = 64 * 1024;
const mostLevels = 20;

/** Why inputs that no definition declares cannot be kept with their task: nothing else bounds them. */
export function faultsOfAdditional(inputs: Record<string, unknown>): Fault[] {
  const names = Object.keys(inputs);
  if (names.length > mostNames) return [tooMuch(`${names.length} inputs`, `${mostNames}`)];
  const faults = names.flatMap((name) => faultsOfOne(name, inputs[name]));
  if (faults.length > 0) return faults;
  const bytes = Buffer.byteLength(JSON.stringify(inputs));
  return bytes > mostBytes ? [tooMuch(`${bytes} bytes of inputs`, `${mostBytes} bytes`)] : [];
}

function faultsOfOne(name: string, value: unknown): Fault[] {
  const path = pathOf(['inputs', name]);
  if (name === '__proto__' || secretIn(name) !== null) return [{ path, message: 'is not allowed as a name' }];
  return isDeeperThan(value, mostLevels)
    ? [{ path, message: `is nested deeper than ${mostLevels} levels` }]
    : [];
}

function tooMuch(found: string, most: string): Fault {
  const message = `has ${found} that the robot does not declare; at most ${most} are kept`;
  return { path: 'inputs', message };
}
