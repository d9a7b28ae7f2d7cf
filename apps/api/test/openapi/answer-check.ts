import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { DocumentName } from '../../src/dialect';
import type { DocumentedOperation, Documents, Schema } from './documented-operation';
import type { Answered } from './send';

/** Holds answers against what the documents tell of them. */
export class AnswerCheck {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: false });
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(documents: Documents) {
    addFormats(this.#ajv);
    // A document is a schema under whose name each of its parts can be pointed at.
    for (const [name, document] of Object.entries(documents)) this.#ajv.addSchema(document, name);
  }

  /** The check of the schema that stands at these steps of a document. */
  schemaAt(document: DocumentName, steps: string[]): ValidateFunction {
    const pointer = steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1')));
    const place = `${document}#/${pointer.join('/')}`;
    const compiled = this.#compiled.get(place) ?? this.#ajv.compile({ $ref: place });
    this.#compiled.set(place, compiled);
    return compiled;
  }

  /** What a schema of ours finds wrong; null: nothing. */
  faultsBy(schema: Schema, value: unknown): string | null {
    const check = this.#ajv.compile(schema);
    return check(value) ? null : this.#ajv.errorsText(check.errors);
  }

  /** What the operation's document does not tell of this answer; null: it tells all of it. */
  faultOf(operation: DocumentedOperation, answer: Answered): string | null {
    const { status, contentType, text, json } = answer;
    const told = wordFor(operation, status);
    if (told === null) return `status ${status} is not told`;
    const content = operation.responses[told]?.content ?? {};
    const types = Object.keys(content);
    if (types.length === 0) return text === '' ? null : `status ${status} has a body and is told without`;
    const type = types.find((each) => each === contentType || each === '*/*');
    if (type === undefined) return `status ${status} comes as "${contentType}"`;
    if (type !== 'application/json') return null;
    if (json === undefined) return `status ${status} comes with what is no JSON`;
    const { document, path, method } = operation;
    const check = this.schemaAt(document, [
      'paths',
      path,
      method,
      'responses',
      told,
      'content',
      type,
      'schema',
    ]);
    return check(json) ? null : `status ${status}: ${this.#ajv.errorsText(check.errors)}`;
  }
}

/** Under which word a document tells of a status; `default` is of refusals alone. */
function wordFor({ responses }: DocumentedOperation, status: number): string | null {
  if (responses[status]) return String(status);
  return status >= 400 && responses['default'] ? 'default' : null;
}
