import { z } from 'zod';

const longestName = 100;

export const idSchema = z
  .string()
  .min(1)
  .max(26)
  .regex(/^[a-zA-Z0-9_-]+$/)
  .meta({ example: 'b4fznghynbdemslfd5k044fgd' });

export const nameSchema = z.string().min(1).max(longestName).meta({ example: 'Process invoice 42' });

/** Names are at most this long here, and may be longer where they were given. */
export function shownName(name: string): string {
  if (name.length <= longestName) return name;
  // Not through the middle of a character.
  return `${name.slice(0, longestName - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
