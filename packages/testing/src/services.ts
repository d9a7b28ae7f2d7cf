/** What the suites share, as the global setup leaves it in the environment of the test processes. */
export interface SharedServices {
  /** A server for databases; each suite clones its own. */
  postgresUrl: string;
  /** How to start a Redis, or null where none can be had. */
  redisCommand: string | null;
}

const name = 'RUNNEL_TEST_SERVICES';

export function shareServices(services: SharedServices): void {
  process.env[name] = JSON.stringify(services);
}

export function sharedServices(): SharedServices {
  return JSON.parse(process.env[name] ?? '') as SharedServices;
}
