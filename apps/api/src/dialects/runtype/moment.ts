import { z } from 'zod';

/** RFC 3339 in UTC, whole seconds. */
export const momentSchema = z.iso.datetime().meta({ examples: ['2024-06-10T15:22:30Z'] });

const latest = Date.UTC(9999, 0);

/** A moment as a client writes it: it stays a text, so that the same request is known again. */
export const givenMoment = z.iso
  .datetime({ offset: true, error: 'must be a moment like 2026-06-10T15:22:30Z' })
  .refine(
    (text) => Date.parse(text) >= 0 && Date.parse(text) < latest,
    'must be between the years 1970 and 9999',
  );

/** In whole seconds, as moments are shown. */
export function readMoment(text: string): Date {
  return new Date(Math.floor(Date.parse(text) / 1_000) * 1_000);
}

export function momentOf(moment: Date): string {
  return moment.toISOString().replace(/\.\d+Z$/, 'Z');
}

export function momentOrNull(moment: Date | null): string | null {
  return moment && momentOf(moment);
}
