import { parseDefinition, type Definition } from '@runnel/contracts';

/** A valid definition: opens a page and reads its heading, unless told otherwise. */
export function aDefinition(parts: Record<string, unknown> = {}): Definition {
  const { definition, faults } = parseDefinition(aDocument(parts));
  if (!definition) throw new Error(`not a definition: ${JSON.stringify(faults)}`);
  return definition;
}

/** The same as somebody would send it. */
export function aDocument(parts: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    title: 'A robot',
    steps: [
      { type: 'navigate', url: 'http://127.0.0.1:9/' },
      { type: 'extract', name: 'page', fields: { heading: 'h1' } },
    ],
    ...parts,
  };
}
