import type { FileView } from '@runnel/store';
import { z } from 'zod';

const fileSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    contentType: z.string(),
    size: z.number().int(),
    records: z.number().int().nullable(),
    createdAt: z.string(),
  })
  .meta({ id: 'File' });

export const savedAnswer = z.object({
  statusCode: z.literal(201),
  messageCode: z.literal('success'),
  file: fileSchema,
});
export const fileAnswer = z.object({
  statusCode: z.literal(200),
  messageCode: z.literal('success'),
  file: fileSchema,
});
export const filesAnswer = z.object({
  statusCode: z.literal(200),
  messageCode: z.literal('success'),
  files: z.object({
    totalCount: z.number().int(),
    items: z.array(fileSchema),
    nextCursor: z.string().nullable(),
  }),
});

export function presentFile(file: FileView): z.infer<typeof fileSchema> {
  const { id, name, contentType, size, records, createdAt } = file;
  return { id, name, contentType, size, records, createdAt: createdAt.toISOString() };
}
