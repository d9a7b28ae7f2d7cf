import { scopes } from '@runnel/contracts';
import type { KeyView } from '@runnel/store';
import { z } from 'zod';

const moment = z.string();

export const keySchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    prefix: z.string().meta({ description: 'How it begins' }),
    scopes: z.array(z.enum(scopes)),
    robotId: z.uuid().nullable().meta({ description: 'The only robot that it is for' }),
    domains: z.array(z.string()).nullable().meta({ description: 'The only hosts that its runs may visit' }),
    dailyTasks: z.number().int().nullable().meta({ description: 'Tasks that it may start in a day (UTC)' }),
    usedToday: z
      .number()
      .int()
      .meta({ description: 'Those that it has started today, where they are counted' }),
    createdAt: moment,
    expiresAt: moment.nullable(),
    lastUsedAt: moment.nullable().meta({ description: 'To the minute' }),
    revokedAt: moment.nullable(),
  })
  .meta({ id: 'ApiKey' });

const envelope = { statusCode: z.literal(200), messageCode: z.literal('success') };

export const keyAnswer = z.object({ ...envelope, apiKey: keySchema });

export const revokedKeyAnswer = z.object({
  ...envelope,
  apiKey: keySchema,
  pausedSchedules: z.number().int().meta({ description: 'Schedules of it that were paused with it' }),
});

export const keysAnswer = z.object({
  ...envelope,
  keys: z.object({
    totalCount: z.number().int(),
    items: z.array(keySchema),
    nextCursor: z.string().nullable(),
  }),
});

export const madeKeyAnswer = z.object({
  statusCode: z.literal(201),
  messageCode: z.literal('success'),
  apiKey: keySchema,
  key: z.string().meta({ description: 'What opens the space: told now, and never again' }),
});

export function presentKey(apiKey: KeyView): z.input<typeof keySchema> {
  const { id, name, prefix, scopes: given, robotId, domains, dailyTasks, usedToday } = apiKey;
  return {
    ...{ id, name, prefix, scopes: given, robotId, domains, dailyTasks, usedToday },
    createdAt: apiKey.createdAt.toISOString(),
    expiresAt: apiKey.expiresAt?.toISOString() ?? null,
    lastUsedAt: apiKey.lastUsedAt?.toISOString() ?? null,
    revokedAt: apiKey.revokedAt?.toISOString() ?? null,
  };
}
