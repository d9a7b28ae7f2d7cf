import { z } from 'zod';
import type { Dialect, DocumentName } from '../dialect';
import type { Operation } from '../operation';
import { titles } from './titles';

type Json = Record<string, unknown>;

/** The document of a dialect, by OpenAPI 3.1, made of the schemas that check its requests and answers. */
export function openApiOf(dialects: Dialect[], name: DocumentName): Json {
  const told = dialects.filter(({ document }) => document === name);
  const schemas: Json = {};
  const paths: Record<string, Json> = {};
  for (const dialect of told) {
    for (const [index, mount] of dialect.mounts.entries()) {
      // A name is of one operation: those of other mounts have another.
      const suffix = index === 0 ? '' : mount.replace(/\W+/g, '_');
      for (const operation of dialect.operations) {
        const at = (paths[`${mount}${operation.path}`] ??= {});
        at[operation.method] = describe(operation, dialect, { mount, suffix, schemas });
      }
    }
  }
  const { title, description } = titles[name];
  return {
    openapi: '3.1.0',
    info: { title, description, version: '1.0.0', license: { name: 'MIT', identifier: 'MIT' } },
    security: [{ apiKey: [] }, { bearer: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'Also as `Authorization: Token KEY`, or the bare key',
        },
      },
    },
  };
}

function describe(
  operation: Operation,
  { problem }: Dialect,
  { mount, suffix, schemas }: { mount: string; suffix: string; schemas: Json },
): Json {
  const { id, summary, description, isPublic, streams = [] } = operation;
  const answers = Object.entries(operation.answers).map(([status, schema]) => [
    status,
    { description: Number(status) < 400 ? 'Success' : 'Refused, and why', ...contentOf(schema, schemas) },
  ]);
  const streamed = Object.fromEntries(streams.map((type) => [type, { schema: { type: 'string' } }]));
  const responses: Record<string, Json> = Object.fromEntries(answers) as Record<string, Json>;
  if (streams.length > 0) {
    const first = (responses['200'] ??= { description: 'Success' });
    first['content'] = { ...(first['content'] as Json | undefined), ...streamed };
    if (streams.includes('text/event-stream')) responses['204'] = { description: 'Nothing comes any more' };
  }
  return {
    operationId: `${id}${suffix}`,
    tags: [mount === '' ? '/' : mount],
    summary: summary.replaceAll('`', ''),
    ...(description && { description }),
    ...(isPublic && { security: [] }),
    ...(operation.scope !== 'any' && { 'x-required-scope': operation.scope }),
    parameters: parametersOf(operation, schemas),
    ...bodyOf(operation, schemas),
    responses: {
      ...responses,
      ...Object.fromEntries(
        (problem.statuses ?? []).map((status) => [status, refusal(problem.schema, schemas)]),
      ),
      default: refusal(problem.schema, schemas),
    },
  };
}

function refusal(schema: z.ZodType, schemas: Json): Json {
  return { description: 'Refused, and why', ...contentOf(schema, schemas) };
}

function contentOf(schema: z.ZodType, schemas: Json): Json {
  if (schema instanceof z.ZodUndefined) return {};
  return { content: { 'application/json': { schema: jsonSchema(schema, 'output', schemas) } } };
}

function parametersOf({ params = {}, query, headers = {} }: Operation, schemas: Json): Json[] {
  const inPath = Object.entries(params).map(([name, description]) => ({
    name,
    in: 'path',
    required: true,
    description,
    schema: { type: 'string' },
  }));
  const asked = query ? jsonSchema(query, 'input', schemas) : {};
  const required = (asked['required'] ?? []) as string[];
  const inQuery = Object.entries((asked['properties'] ?? {}) as Record<string, Json>).map(
    ([name, schema]) => ({
      name,
      in: 'query',
      required: required.includes(name),
      ...(typeof schema['description'] === 'string' && { description: schema['description'] }),
      schema,
    }),
  );
  const inHeader = Object.entries(headers).map(([name, description]) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  }));
  return [...inPath, ...inQuery, ...inHeader];
}

function bodyOf({ body, takes }: Operation, schemas: Json): Json {
  if (takes) return { requestBody: { required: true, content: { [takes]: { schema: bytesOf(takes) } } } };
  if (!body) return {};
  const schema = jsonSchema(body, 'input', schemas);
  const required = body instanceof z.ZodUnknown || !body.safeParse({}).success;
  return { requestBody: { required, content: { 'application/json': { schema } } } };
}

function bytesOf(type: string): Json {
  const file = { type: 'string', contentMediaType: 'application/octet-stream' };
  if (type !== 'multipart/form-data') return file;
  return { type: 'object', properties: { file }, required: ['file'] };
}

/** Schemas with a name of their own stand once in the document. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output', schemas: Json): Json {
  const made = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' }) as Json;
  Object.assign(schemas, pointed(made['$defs'] ?? {}));
  delete made['$schema'];
  delete made['$defs'];
  return pointed(made) as Json;
}

/** References where OpenAPI has them, and without the bounds of every whole number. */
function pointed(schema: unknown): unknown {
  const text = JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/');
  return JSON.parse(text, (key, value: unknown) =>
    (key === 'minimum' || key === 'maximum') && Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER
      ? undefined
      : value,
  ) as unknown;
}
