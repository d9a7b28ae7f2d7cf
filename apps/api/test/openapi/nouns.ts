import type { DocumentName } from '../../src/dialect';
import { asBase36, asHex, asToken } from '../../src/id-forms';
import { newId } from '@runnel/store';
import type { FullSpace } from './full-space';

/** What an id may be of. */
export const nouns = [
  'space',
  'robot',
  'handle',
  'run',
  'waitingRun',
  'failedRun',
  'task',
  'record',
  'file',
  'schedule',
  'artifact',
  'login',
  'key',
  'upload',
  'policy',
  'signature',
] as const;
export type Noun = (typeof nouns)[number];

/** Where in a request a name stands. */
export interface Place {
  document: DocumentName;
  path: string;
  in: 'path' | 'query' | 'body' | 'header';
  name: string;
}

interface Naming extends Partial<Pick<Place, 'document' | 'in'>> {
  name: string;
  on?: RegExp;
  noun: Noun;
}

/** What each name of the documents names. The first that fits. */
const namings: Naming[] = [
  { document: 'maxun', name: 'id', in: 'path', on: /\/files\//, noun: 'file' },
  { document: 'maxun', name: 'id', in: 'path', on: /\/keys\//, noun: 'key' },
  { document: 'maxun', name: 'id', in: 'path', on: /\/robots\//, noun: 'robot' },
  { document: 'maxun', name: 'name', in: 'path', on: /\/logins\//, noun: 'login' },
  { document: 'maxun', name: 'runId', in: 'path', on: /\/abort$/, noun: 'waitingRun' },
  { document: 'maxun', name: 'runId', in: 'path', on: /\/retry$/, noun: 'failedRun' },
  { document: 'maxun', name: 'runId', in: 'path', noun: 'run' },
  { document: 'maxun', name: 'name', in: 'path', on: /\/artifacts\//, noun: 'artifact' },
  { document: 'maxun', name: 'task', in: 'query', noun: 'task' },
  { document: 'maxun', name: 'fileIds', in: 'body', noun: 'file' },
  { document: 'maxun', name: 'robotId', in: 'body', on: /\/keys$/, noun: 'robot' },
  { document: 'kognitos', name: 'id', in: 'path', on: /\/upload$/, noun: 'upload' },
  { document: 'kognitos', name: 'policy', noun: 'policy' },
  { document: 'kognitos', name: 'signature', noun: 'signature' },
  { document: 'kognitos', name: 'run_id', in: 'path', noun: 'run' },
  { document: 'kognitos', name: 'agent_id', noun: 'space' },
  { document: 'kognitos', name: 'process_id', noun: 'robot' },
  { document: 'kognitos', name: 'file_ids', in: 'body', noun: 'file' },
  { document: 'unpod', name: 'space_token', in: 'path', noun: 'space' },
  { document: 'unpod', name: 'agent_handle', in: 'path', noun: 'handle' },
  { document: 'unpod', name: 'run_id', in: 'path', noun: 'run' },
  { document: 'unpod', name: 'pilot', in: 'body', noun: 'handle' },
  { document: 'runtype', name: 'id', in: 'path', on: /\/cancel$/, noun: 'waitingRun' },
  { document: 'runtype', name: 'id', in: 'path', on: /\/batch\//, noun: 'run' },
  { document: 'runtype', name: 'id', in: 'path', on: /\/schedules\//, noun: 'schedule' },
  { document: 'runtype', name: 'runId', in: 'path', noun: 'run' },
  { document: 'runtype', name: 'batchId', in: 'path', noun: 'run' },
  { document: 'runtype', name: 'flowId', in: 'body', noun: 'robot' },
  { document: 'runtype', name: 'recordIds', in: 'body', noun: 'record' },
  { document: 'runtype', name: 'fileIds', in: 'body', noun: 'file' },
];

/** What a name names at this place; null: nothing that has an id. */
export function nounAt(place: Place): Noun | null {
  const found = namings.find(
    ({ document, name, in: where, on }) =>
      name === place.name &&
      (document ?? place.document) === place.document &&
      (where ?? place.in) === place.in &&
      (on?.test(place.path) ?? true),
  );
  return found?.noun ?? null;
}

/** The ids of things by what they are; of some the words by which they are named. */
export type Ids = Record<Noun, string>;

export function idsOf(space: FullSpace): Ids {
  const { id, robotId, taskId, ...others } = space;
  const { handle, artifact, login, upload } = others;
  return {
    ...{
      space: id,
      robot: robotId,
      handle,
      file: others.fileId,
      schedule: others.scheduleId,
      artifact,
      login,
    },
    key: others.keyId,
    ...{ run: others.runId, waitingRun: others.waitingRunId, failedRun: others.failedRunId },
    ...{
      task: taskId,
      record: taskId,
      upload: upload.fileId,
      policy: upload.policy,
      signature: upload.signature,
    },
  };
}

/** Ids that are of nothing. */
export function idsOfNothing(): Ids {
  const ids = Object.fromEntries(nouns.map((noun) => [noun, newId()])) as Ids;
  return {
    ...ids,
    handle: 'robot-of-nobody',
    artifact: 'nothing.png',
    login: 'nothing',
    policy: 'bm90aGluZw',
    signature: 'bm90aGluZw',
  };
}

/** True for what has one spelling, in every dialect. */
export function isWord(noun: Noun): boolean {
  return /^(?:handle|artifact|login|policy|signature)$/.test(noun);
}

/** How a dialect writes the id of something. */
export function written(document: DocumentName, noun: Noun, ids: Ids): string {
  const id = ids[noun];
  if (isWord(noun)) return id;
  return writers[document](noun, id);
}

const prefixes: Partial<Record<Noun, string>> = {
  robot: 'flow',
  run: 'run',
  waitingRun: 'batch',
  file: 'file',
  schedule: 'sch',
};

const writers: Record<DocumentName, (noun: Noun, id: string) => string> = {
  maxun: (_noun, id) => id,
  kognitos: (_noun, id) => asBase36(id),
  unpod: (noun, id) => {
    if (noun === 'space') return asToken(id);
    return `${noun === 'task' ? 'T' : 'R'}${asHex(id)}`;
  },
  runtype: (noun, id) =>
    noun === 'record' ? `row_${asBase36(id)}_0` : `${prefixes[noun] ?? 'res'}_${asBase36(id)}`,
};

/** Every form that an id has in any dialect. */
export function formsOf(id: string): string[] {
  return [id, id.toUpperCase(), asHex(id), asBase36(id), asToken(id)];
}
