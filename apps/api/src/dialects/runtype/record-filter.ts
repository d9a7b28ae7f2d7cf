import { closedObject, rowTests, type RecordFilter } from '@runnel/contracts';
import { mostRecords } from '@runnel/services';
import { z } from 'zod';
import { givenId } from './batch-body';
import { idFor, readFlowId } from './ids';

const field = z.string().min(1).max(200);

const condition = closedObject({
  field,
  op: z.enum(rowTests).meta({
    description: '`gt`, `gte`, `lt` and `lte` compare numbers; `exists` takes true or false',
  }),
  value: z.union([z.string().max(1_000), z.number(), z.boolean()]),
})
  .refine(({ op, value }) => op !== 'exists' || typeof value === 'boolean', {
    path: ['value'],
    message: 'must be true or false for `exists`',
  })
  .refine(({ op, value }) => !/^[gl]te?$/.test(op) || typeof value === 'number', {
    path: ['value'],
    message: 'must be a number to compare with',
  });

/** As it is written; also as it is shown. */
export const recordFilter = closedObject({
  flowId: givenId
    .refine((text) => readFlowId(text) !== null, 'is not the id of a flow')
    .meta({
      description: 'The flow whose rows are taken: those of its newest run that succeeded, whole or in part',
    }),
  list: field.nullish().meta({ description: 'Only rows of this list' }),
  where: z.array(condition).max(20).default([]).meta({ description: 'All must hold of a row' }),
  inputs: z.record(z.string().min(1).max(200), field).default({}).meta({
    description:
      'Inputs, and the fields that they are taken from; without any each field is the input of its name',
  }),
  id: field.nullish().meta({ description: 'The field that is the id of the record' }),
  limit: z.number().int().min(1).max(mostRecords).default(mostRecords),
}).meta({ description: 'One record for each row that another flow found' });

export function readRecordFilter(given: z.output<typeof recordFilter>): RecordFilter {
  const { flowId, list = null, id = null, ...rest } = given;
  const robotId = readFlowId(flowId);
  if (robotId === null) throw new Error(`"${flowId}" was taken for the id of a flow`);
  return { ...rest, robotId, list, id };
}

export function presentRecordFilter({ robotId, ...rest }: RecordFilter): z.input<typeof recordFilter> {
  return { flowId: idFor('flow', robotId), ...rest };
}
