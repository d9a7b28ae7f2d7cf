import {
  failure,
  FailureError,
  isSameHost,
  secretSites,
  type Definition,
  type Inputs,
  type Step,
  isUrl,
} from '@runnel/contracts';

/** Refuses a step that would give a secret to the page at `url`. @throws FailureError SECRET_REFUSED */
export type KeepSecrets = (step: Step, url: string) => void;

/** For one run. A robot that goes its own way may give its secrets to whatever page that leads to. */
export function keepSecrets(
  definition: Definition,
  inputs: Inputs,
  secrets: ReadonlyMap<string, string>,
): KeepSecrets {
  const sites = secrets.size === 0 ? null : secretSites(definition, inputs);
  if (sites === null) return () => undefined;
  const values = [...secrets.values()].map((value) => JSON.stringify(value).slice(1, -1));
  return (step, url) => {
    // An address was held to the robot's hosts when the run was started; steps inside are looked at on their own pages.
    if (step.type === 'navigate' || 'steps' in step) return;
    const text = JSON.stringify(step);
    if (!values.some((value) => text.includes(value))) return;
    const page = isUrl(url) ? new URL(url) : null;
    if (page && sites.some((site) => isSameHost(site, page))) return;
    const hosts = [...new Set(sites.map(({ host }) => host))].join(', ');
    const message =
      `A secret was not given to the page ${url}: inputs may have led the robot there, and the hosts that it ` +
      `navigates to by itself are ${hosts}`;
    throw new FailureError(failure('SECRET_REFUSED', message, { url }));
  };
}
