import type { Fault, Schedule } from '@runnel/contracts';

/** What the numbers of a schedule may be, and what they are when nobody says; null: no limit. */
export const scheduleRules = {
  maxFires: { least: 1, most: 1_000_000_000, usual: null },
  jitterSeconds: { least: 0, most: 3_600, usual: 0 },
  misfireWindowSeconds: { least: 0, most: 604_800, usual: 3_600 },
  catchUpMax: { least: 1, most: 1_000, usual: 100 },
  pauseAfterFailures: { least: 1, most: 100, usual: null },
  maxAttempts: { least: 1, most: 20, usual: null },
} as const;

const names = [
  'maxFires',
  'jitterSeconds',
  'misfireWindowSeconds',
  'catchUpMax',
  'pauseAfterFailures',
  'maxAttempts',
] as const satisfies (keyof typeof scheduleRules)[];

/** What is wrong with the numbers of a schedule. */
export function scheduleFaults(schedule: Pick<Schedule, (typeof names)[number]>): Fault[] {
  return names.flatMap((path) => {
    const { least, most, usual } = scheduleRules[path];
    const found = schedule[path];
    if (found === null || (Number.isInteger(found) && found >= least && found <= most)) return [];
    const orNone = usual === null ? ', or null' : '';
    return [{ path, message: `must be a whole number from ${least} to ${most}${orNone}`, found }];
  });
}
