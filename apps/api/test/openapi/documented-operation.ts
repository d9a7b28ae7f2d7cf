import { documentNames, type DocumentName } from '../../src/dialect';
import type { Body } from '../test-api';

/** A JSON Schema, as it stands in a document. */
export type Schema = Body;

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  schema: Schema;
}

/** An operation as its OpenAPI document tells it. */
export interface DocumentedOperation {
  document: DocumentName;
  method: string;
  path: string;
  id: string;
  /** Its summary and its description. */
  text: string;
  parameters: Parameter[];
  body: { type: string; required: boolean; schema: Schema } | null;
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
  isPublic: boolean;
}

export type Documents = Record<DocumentName, Body>;

export async function readDocuments(url: string): Promise<Documents> {
  const read = documentNames.map(async (name) => {
    const response = await fetch(`${url}/openapi/${name}.json`);
    return [name, (await response.json()) as Body] as const;
  });
  return Object.fromEntries(await Promise.all(read)) as Documents;
}

export function operationsIn(documents: Documents): DocumentedOperation[] {
  return documentNames.flatMap((document) =>
    Object.entries<Body>(documents[document]['paths']).flatMap(([path, methods]) =>
      Object.entries<Body>(methods).map(([method, told]) => readOperation({ document, path, method }, told)),
    ),
  );
}

function readOperation(
  place: Pick<DocumentedOperation, 'document' | 'path' | 'method'>,
  told: Body,
): DocumentedOperation {
  const [content] = Object.entries<Body>(told['requestBody']?.content ?? {});
  return {
    ...place,
    id: told['operationId'],
    text: `${told['summary']} ${told['description'] ?? ''}`,
    parameters: told['parameters'] ?? [],
    body: content
      ? { type: content[0], required: told['requestBody'].required === true, schema: content[1]['schema'] }
      : null,
    responses: told['responses'],
    isPublic: told['security']?.length === 0,
  };
}

/** The content types among which a client may choose; one that stands for any where there is no choice. */
export function offeredBy({ responses }: DocumentedOperation): string[] {
  const types = Object.keys(responses['200']?.content ?? {});
  return types.length > 1 ? types : ['*/*'];
}

/** True where this operation answers what is sent so. Express takes a path with a slash at its end and without. */
export function answersTo(
  { method, path }: DocumentedOperation,
  sent: { method: string; path: string },
): boolean {
  if (method !== sent.method.toLowerCase()) return false;
  const words = path.replace(/\/$/, '').split(/\{\w+\}/);
  const pattern = words.map((word) => word.replace(/[.*+?^$()|[\]\\]/g, '\\$&')).join('[^/]+');
  return new RegExp(`^${pattern}/?$`, 'i').test(sent.path.split('?')[0] ?? '');
}

/** The schema to which a reference in a document leads. */
export function resolved(schema: Schema, document: Body): Schema {
  if (typeof schema['$ref'] !== 'string') return schema;
  const steps = schema['$ref'].replace(/^#\//, '').split('/');
  const found = steps.reduce<Body | undefined>((at, step) => at?.[step], document);
  if (!found) throw new Error(`${schema['$ref']} leads nowhere`);
  return resolved(found, document);
}
