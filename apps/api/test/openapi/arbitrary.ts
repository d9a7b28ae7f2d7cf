import fc, { type Arbitrary } from 'fast-check';
import { offeredBy, resolved, type DocumentedOperation, type Schema } from './documented-operation';
import { goodBodies, goodValues, isAlwaysSent } from './good-values';
import type { Ids } from './nouns';
import { bytesFor, placeOf, type Parts } from './requests';

type Known = (name: string) => unknown[] | null;

/** What a schema may say when it says nothing: small values of each type, texts of every alphabet. */
const anything = fc.jsonValue({ maxDepth: 2 });
const text = (bounds: { minLength?: number; maxLength?: number }): Arbitrary<string> =>
  fc.oneof(fc.string(bounds), fc.string({ ...bounds, unit: 'grapheme' }));

const formats: Record<string, Arbitrary<string>> = {
  uuid: fc.uuid(),
  uri: fc.webUrl(),
  'date-time': fc
    .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
    .map((at) => at.toISOString()),
  date: fc
    .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
    .map((at) => at.toISOString().slice(0, 10)),
};

/** Values that a JSON Schema of the document allows; `known` gives those of a property by its name. */
export function valuesOf(reference: Schema, document: Schema, known: Known): Arbitrary<unknown> {
  const schema = resolved(reference, document);
  const examples = [schema['default'], schema['example'], ...(schema['examples'] ?? [])].filter(
    (example) => example !== undefined,
  );
  const made = madeBy(schema, document, known);
  return examples.length === 0
    ? made
    : fc.oneof({ weight: 5, arbitrary: made }, fc.constantFrom(...examples));
}

function madeBy(schema: Schema, document: Schema, known: Known): Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema['const']);
  if (schema['enum']) return fc.constantFrom(...(schema['enum'] as unknown[]));
  const choices: Schema[] | undefined = schema['anyOf'] ?? schema['oneOf'];
  if (choices) return fc.oneof(...choices.map((choice) => valuesOf(choice, document, known)));
  return makers[schema['type'] as string]?.(schema, document, known) ?? anything;
}

/** By the type that a schema names. */
const makers: Record<string, (schema: Schema, document: Schema, known: Known) => Arbitrary<unknown>> = {
  object: objectsOf,
  array: ({ items = {}, minItems: minLength = 0, maxItems = 3 }, document, known) => {
    const maxLength = Math.max(minLength, Math.min(maxItems, 3));
    return fc.array(valuesOf(items, document, known), { minLength, maxLength });
  },
  string: textsOf,
  integer: ({ minimum: min = -1000, maximum = 1000 }) =>
    fc.integer({ min, max: Math.min(maximum, 2 ** 31 - 1) }),
  number: () => fc.double({ noNaN: true, noDefaultInfinity: true }),
  boolean: () => fc.boolean(),
  null: () => fc.constant(null),
};

function textsOf({ format, pattern, minLength = 0, maxLength = 40 }: Schema): Arbitrary<string> {
  const byFormat = formats[format as string];
  if (byFormat) return byFormat;
  if (pattern) return fc.stringMatching(new RegExp(pattern as string));
  return text({ minLength, maxLength: Math.min(maxLength, Math.max(minLength, 40)) });
}

function objectsOf(schema: Schema, document: Schema, known: Known): Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties } = schema;
  const fields = Object.entries<Schema>(properties).map(([name, field]) => {
    const good = known(name);
    const values = valuesOf(field, document, known);
    return [
      name,
      good ? fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...good) }, values) : values,
    ] as const;
  });
  const own = fc.record(Object.fromEntries(fields), { requiredKeys: required });
  if (additionalProperties === undefined || additionalProperties === false) return own;
  const more = fc.dictionary(
    fc.string({ maxLength: 8 }),
    valuesOf(asSchema(additionalProperties), document, known),
    {
      maxKeys: 3,
      noNullPrototype: true,
    },
  );
  return fc.tuple(more, own).map(([others, named]) => ({ ...others, ...named }));
}

function asSchema(schema: unknown): Schema {
  return typeof schema === 'object' && schema !== null ? schema : {};
}

/** Requests that the document of an operation allows. */
export function requestsOf(operation: DocumentedOperation, ids: Ids, document: Schema): Arbitrary<Parts> {
  const partIn = (where: 'path' | 'query' | 'header'): Arbitrary<Record<string, string>> => {
    const parameters = operation.parameters.filter((parameter) => parameter.in === where);
    const fields = parameters.map(({ name, schema }) => {
      const good = goodValues(placeOf(operation, where, name), ids);
      // A value of the schema alone could be a wait of minutes.
      const others =
        where === 'header' || name === 'wait' ? fc.constantFrom('1') : valuesOf(schema, document, () => null);
      const values = good ? fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...good) }, others) : others;
      return [name, values.map(String)] as const;
    });
    const requiredKeys = parameters
      .filter(
        ({ name, required }) =>
          required || (where !== 'query' && isAlwaysSent(placeOf(operation, where, name))),
      )
      .map(({ name }) => name);
    return fc.record(Object.fromEntries(fields), { requiredKeys });
  };
  const accept = fc.constantFrom(...offeredBy(operation).map((type) => ({ accept: type })));
  return fc.record({
    path: partIn('path'),
    query: partIn('query'),
    header: fc.tuple(partIn('header'), accept).map(([header, chosen]) => ({ ...header, ...chosen })),
    body: bodiesOf(operation, ids, document),
  });
}

function bodiesOf(operation: DocumentedOperation, ids: Ids, document: Schema): Arbitrary<unknown> {
  if (!operation.body) return fc.constant(undefined);
  const { type, schema, required } = operation.body;
  if (type !== 'application/json') return fc.string().map((word) => bytesFor(type, `word\n${word}\n`));
  const known: Known = (name) => goodValues(placeOf(operation, 'body', name), ids);
  const made = valuesOf(schema, document, known);
  const good = goodBodies(operation.id, ids);
  const bodies = good ? fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...good) }, made) : made;
  return required ? bodies : fc.oneof({ weight: 6, arbitrary: bodies }, fc.constant(undefined));
}
