import { AllowedHosts } from './allowed-hosts';
import { Egress } from './egress';

/** By the settings of a process. @throws Error that says what is wrong with them */
export function openEgress({ RUNNEL_ALLOW_HOSTS: hosts }: { RUNNEL_ALLOW_HOSTS: string }): Egress {
  try {
    return new Egress({ allow: AllowedHosts.parse(hosts) });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The settings are not right:\n  RUNNEL_ALLOW_HOSTS: ${reason}`, { cause: error });
  }
}
