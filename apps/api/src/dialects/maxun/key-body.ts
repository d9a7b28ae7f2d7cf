import { closedObject, scopes } from '@runnel/contracts';
import { keyRules } from '@runnel/services';
import { z } from 'zod';

const { expiresInDays, overlapSeconds } = keyRules;

const wholeOf = ({ least, most }: { least: number; most: number }) => z.number().int().min(least).max(most);

/** What makes a key; what it leaves out is not bounded. What a key may be made of `createKey` tells. */
export const keyBody = closedObject({
  name: z.string(),
  scopes: z
    .array(z.enum(scopes))
    .meta({ description: '`admin` may everything, and goes with no limits', example: ['runs:*'] }),
  robotId: z
    .guid('must be the id of a robot')
    .toLowerCase()
    .nullish()
    .meta({ description: 'The only robot that it is for' }),
  domains: z
    .array(z.string())
    .nullish()
    .meta({
      description: 'The only hosts that its runs may visit; `*.example.com` is all below example.com',
      example: ['example.com', '*.example.com'],
    }),
  dailyTasks: z.number().nullish().meta({ description: 'Tasks that it may start in a day (UTC)' }),
  expiresAt: z.iso
    .datetime({ offset: true, error: 'must be a moment like 2027-01-31T08:00:00Z' })
    .transform((text) => new Date(text))
    .nullish(),
  expiresInDays: wholeOf(expiresInDays).nullish(),
})
  .refine(({ expiresAt, expiresInDays: days }) => (expiresAt ?? null) === null || (days ?? null) === null, {
    path: ['expiresInDays'],
    message: 'says when it ends for the second time; give one of expiresAt and expiresInDays',
  })
  .meta({ example: { name: 'Shop', scopes: ['runs:*'], dailyTasks: 1_000, expiresInDays: 90 } });

export const rotateBody = closedObject({
  overlapSeconds: wholeOf(overlapSeconds)
    .default(overlapSeconds.usual)
    .meta({ description: 'For how long the old key is good still' }),
});
