import { z } from 'zod';

/** RFC 3339 in UTC, whole seconds. */
export const momentSchema = z.iso.datetime().meta({ examples: ['2024-06-10T15:22:30Z'] });

export function momentOf(moment: Date): string {
  return moment.toISOString().replace(/\.\d+Z$/, 'Z');
}

export function momentOrNull(moment: Date | null): string | null {
  return moment && momentOf(moment);
}
