import { closedObject } from '@runnel/contracts';
import { z } from 'zod';
import { readBase36 } from '../../id-forms';
import { nameSchema } from './resource';
import { stageOf, stageWords } from './status-words';

const mostFiles = 20;

/** A word that may be an id; whether it names anything is told like that of any other id. */
const idWord = z
  .string()
  .min(1)
  .max(26)
  .regex(/^[a-zA-Z0-9_-]+$/, 'must be made of letters, digits, "-" and "_"');

const inputs = z
  .union(
    [
      z.array(z.strictObject({ name: z.string().min(1), value: z.unknown() })),
      z.record(z.string(), z.unknown()),
      z.null(),
    ],
    { error: 'must be a list of { name, value }, an object, or null' },
  )
  .default(null)
  .transform((given, context) => {
    if (!Array.isArray(given)) return given ?? {};
    const named = new Map<string, unknown>();
    for (const [index, { name, value }] of given.entries()) {
      const message = 'names an input for the second time';
      if (named.has(name)) context.addIssue({ code: 'custom', path: [index, 'name'], message });
      named.set(name, value);
    }
    return Object.fromEntries(named);
  })
  .meta({
    description: 'By name. One that the process does not declare is kept with the run',
    example: [{ name: 'order_id', value: 'b4fznghynbdemslfd5k044fgd' }],
  });

/** What is no id names no file. */
const fileId = z.string().transform((text, context) => {
  const id = readBase36(text);
  if (id !== null) return id;
  context.addIssue({ code: 'custom', message: 'there is no such file' });
  return z.NEVER;
});

const fileIds = z
  .array(fileId)
  .max(mostFiles, `holds more than ${mostFiles} ids`)
  .nullable()
  .default(null)
  .transform((ids) => ids ?? [])
  .meta({
    description:
      'Uploaded files. Each record of a CSV, JSON or NDJSON file becomes a task of the run; others are kept with it',
    example: ['b4fznghynbdemslfd5k044fgd', '9nvx1hdm9bd74rp585oe81t5i'],
  });

export const startBody = closedObject({
  name: nameSchema,
  agent_id: idWord,
  process_id: idWord,
  stage: z
    .enum(stageWords)
    .transform(stageOf)
    .meta({ description: 'Draft: the newest version. Published: the one that is published' }),
  inputs,
  file_ids: fileIds,
});

export const fileBody = closedObject({
  file_name: z.string().min(1).max(256).meta({ example: 'orders.csv' }),
  agent_id: idWord.nullable().default(null).meta({ description: 'The agent: the space that the key opens' }),
});
