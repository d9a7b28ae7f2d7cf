import { z } from 'zod';

const longestName = 100;

export const idSchema = z
  .string()
  .min(1)
  .max(26, { abort: true })
  .regex(/^[a-zA-Z0-9_-]+$/)
  .meta({ example: 'b4fznghynbdemslfd5k044fgd' });

/** Of at least one character; those beyond U+FFFF count once, as JSON Schema counts them. */
export function textOf(most: number) {
  return z
    .string()
    .min(1)
    .refine((text) => Array.from(text).length <= most, `must have at most ${most} characters`)
    .meta({ maxLength: most });
}

export const nameSchema = textOf(longestName).meta({ example: 'Process invoice 42' });

/** Names are at most this long here, and may be longer where they were given. */
export function shownName(name: string): string {
  const characters = Array.from(name);
  return characters.length <= longestName ? name : `${characters.slice(0, longestName - 1).join('')}…`;
}
