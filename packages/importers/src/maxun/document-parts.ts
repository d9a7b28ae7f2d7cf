import type { Fault } from '@runnel/contracts';
import { at } from '../path';

/** A part of the sender's document and where it stands. */
export interface Part {
  value: unknown;
  path: string;
}

/** The two parts of a robot that say what it does; all else of an exported row is the server's own. */
export interface DocumentParts {
  meta: Part;
  workflow: Part;
  faults: Fault[];
}

type Entries = Record<string, unknown>;

const signs = ['recording_meta', 'recording', 'workflow'];

/** True for what Maxun's API, SDK and database export, and for a bare workflow. */
export function isMaxunRobot(document: unknown): document is Entries {
  return isObject(document) && !('steps' in document) && signs.some((sign) => Object.hasOwn(document, sign));
}

/** The parts of `{ recording_meta, recording: { workflow } }`, `{ meta, workflow }` and what is between them. */
export function documentParts(document: Entries): DocumentParts {
  const { recording } = document;
  if (recording === undefined) {
    return { meta: metaOf(document), workflow: partOf(document, 'workflow'), faults: [] };
  }
  const workflow = isObject(recording)
    ? { value: recording['workflow'], path: 'recording.workflow' }
    : { value: undefined, path: 'recording' };
  const unknown = isObject(recording) ? Object.keys(recording).filter((key) => !known.includes(key)) : [];
  const faults = unknown.map((key) => ({
    path: at('recording', key),
    message: `is not known here; allowed: ${known.join(', ')}`,
    allowed: known,
  }));
  return { meta: metaOf(document), workflow, faults };
}

const known = ['workflow', 'meta'];

function metaOf(document: Entries): Part {
  const parts = [partOf(document, 'recording_meta'), partOf(document, 'meta')];
  const { recording } = document;
  const inner = { value: isObject(recording) ? recording['meta'] : undefined, path: 'recording.meta' };
  const missing = { value: undefined, path: 'recording_meta' };
  return [...parts, inner].find(({ value }) => value !== undefined && value !== null) ?? missing;
}

function partOf(document: Entries, key: string): Part {
  return { value: document[key], path: key };
}

function isObject(value: unknown): value is Entries {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
