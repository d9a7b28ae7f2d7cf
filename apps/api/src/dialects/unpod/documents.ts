import { inputsOf, type Definition, type Fault } from '@runnel/contracts';
import type { GivenRecord } from '@runnel/services';
import type { CreateBody, Document } from './create-body';

/** What names a document; it is input as well where the robot asks for it. */
const names = ['id', 'document_id', 'name', 'execution_type'];

/** Documents as records, in order. */
export function recordsOf({ documents, execution_type }: CreateBody, definition: Definition): GivenRecord[] {
  const declared = inputsOf(definition).map(({ name }) => name);
  const isInput = (member: string): boolean => !names.includes(member) || declared.includes(member);
  return (documents ?? []).map((document: Document) => ({
    id: document.id ?? document.document_id ?? null,
    name: document.name ?? null,
    type: document.execution_type ?? execution_type ?? null,
    inputs: Object.fromEntries(Object.entries(document).filter(([member]) => isInput(member))),
    isText: true,
  }));
}

/** The same fault, at its place in what the caller sent. */
export function asSent(fault: Fault, body: CreateBody): Fault {
  return { ...fault, path: pathAsSent(fault.path, body) };
}

const words: Record<string, string> = {
  records: 'documents',
  stage: 'pilot',
  'inputs.context': 'context',
};

function pathAsSent(path: string, body: CreateBody): string {
  const [, index, member = ''] = /^records\[(\d+)\](?:\.inputs)?(.*)$/s.exec(path) ?? [];
  if (index === undefined) return words[path] ?? path;
  if (member === '.context' && isContextOfAll(body, Number(index))) return 'context';
  return `documents[${index}]${member}`;
}

/** True where a document has no context of its own. */
function isContextOfAll({ documents, context }: CreateBody, index: number): boolean {
  if (context === undefined || context === null) return false;
  return !Object.hasOwn(documents?.[index] ?? {}, 'context');
}
