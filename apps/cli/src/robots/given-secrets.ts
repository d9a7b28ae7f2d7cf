import { secretNames, type Definition } from '@runnel/contracts';
import { secretLengths } from '@runnel/services';
import { UsageError } from '../usage-error';
import type { TestOptions } from './test-options';

/**
 * The values of a robot's secrets, by their names: those that stand in the environment, as a command line is seen by
 * others.
 * @throws UsageError
 */
export function givenSecrets(
  definition: Definition,
  { secrets, record }: Pick<TestOptions, 'secrets' | 'record'>,
  environment: NodeJS.ProcessEnv,
): ReadonlyMap<string, string> {
  const names = secretNames(definition);
  if (record !== undefined && names.length > 0) {
    throw new UsageError(
      `The robot uses {{secret.${names[0]}}} and cannot be recorded: a recording would hold what sites answer to the secret`,
    );
  }
  const missing = names.find((name) => !secrets.has(name));
  if (missing !== undefined) {
    throw new UsageError(
      `The robot uses {{secret.${missing}}}; give it by --secret ${missing}=ENV_VARIABLE, the name of an environment variable that holds it`,
    );
  }
  return new Map(
    [...secrets].map(([name, variable]) => [name, valueOf(name, environment[variable], variable)]),
  );
}

function valueOf(name: string, value: string | undefined, variable: string): string {
  const option = `--secret ${name}=${variable}`;
  if (value === undefined || value === '')
    throw new UsageError(`${option}: there is no environment variable ${variable}, or it is empty`);
  const { least, most } = secretLengths;
  if (value.trim().length < least || value.length > most)
    throw new UsageError(`${option}: the value must have from ${least} to ${most} characters`);
  return value;
}
