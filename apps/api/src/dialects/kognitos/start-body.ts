import { closedObject } from '@runnel/contracts';
import { z } from 'zod';
import { givenInputs } from '../../given-inputs';
import { readBase36 } from '../../id-forms';
import { noSuchFile } from './no-such-file';
import { nameSchema, textOf } from './resource';
import { stageOf, stageWords } from './status-words';

const mostFiles = 20;

/** A word that may be an id; whether it names anything is told like that of any other id. */
const idWord = z
  .string()
  .min(1)
  .max(26, { abort: true })
  .regex(/^[a-zA-Z0-9_-]+$/, 'must be made of letters, digits, "-" and "_"');

/** What is no id names no file. */
const fileId = z.string().transform((text, context) => {
  const id = readBase36(text);
  if (id !== null) return id;
  context.addIssue({ code: 'custom', message: noSuchFile });
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
      'Uploaded files. Each record of a CSV, JSON or NDJSON file becomes a task of the run. A file that holds no ' +
      'records is kept with the run, and no step reads it',
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
  inputs: givenInputs.meta({
    description: 'By name. One that the process does not declare is kept with the run',
    example: [{ name: 'order_id', value: 'b4fznghynbdemslfd5k044fgd' }],
  }),
  file_ids: fileIds,
}).meta({
  example: {
    name: 'Process invoice 42',
    agent_id: 'b4fznghynbdemslfd5k044fgd',
    process_id: 'b4fznghynbdemslfd5k044fgd',
    stage: 'Published',
    inputs: [],
  },
});

export const fileBody = closedObject({
  file_name: textOf(256).meta({ example: 'orders.csv' }),
  agent_id: idWord.nullable().default(null).meta({ description: 'The agent: the space that the key opens' }),
});
