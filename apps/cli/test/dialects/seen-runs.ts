import type { Body } from '../test-fleet';
import type { Visitor } from './dialect-world';
import { base36, lettered, prefixed } from './id-words';

/** A run as a dialect tells of it, in words and moments that can be laid beside each other. */
export interface SeenRun {
  state: string;
  /** Where the dialect tells it: RFC 3339, to the second. */
  createdAt?: string;
  startedAt?: string | null;
  finishedAt?: string | null;
  /** The later one of all three: some tell of no other. */
  modifiedAt?: string;
  rows?: unknown[];
  tasks?: { id: string; record: string | null; state: string }[];
}

/** Who looks at which run, and by which of its names. */
export interface Look {
  visitor: Visitor;
  /** The token of the space. */
  space: string;
  robotId: string;
  runId: string;
}

type State = 'queued' | 'running' | 'success' | 'partial' | 'failed' | 'aborting' | 'aborted';

const second = (moment: string | null): string | null => moment && `${moment.slice(0, 19)}Z`;

/** What every other dialect is held against. */
export async function seenByMaxun({ visitor, robotId, runId }: Look): Promise<Required<SeenRun>> {
  const path = `/api/robots/${robotId}/runs/${runId}`;
  const { run } = (await visitor.get(path)).body as { run: Body };
  const { tasks } = (await visitor.get(`${path}/tasks`)).body as { tasks: Body };
  const { createdAt, startedAt, finishedAt } = run['timestamps'];
  return {
    state: run['status'],
    createdAt: second(createdAt) ?? '',
    startedAt: second(startedAt),
    finishedAt: second(finishedAt),
    modifiedAt: second(finishedAt ?? startedAt ?? createdAt) ?? '',
    rows: run['data'],
    tasks: tasks['items'].map((task: Body) => ({
      id: task['id'],
      record: task['record']?.id ?? null,
      state: task['status'],
    })),
  };
}

export async function seenBySdk({ visitor, robotId, runId }: Look): Promise<SeenRun> {
  const { data } = (await visitor.get(`/api/sdk/robots/${robotId}/runs/${runId}`)).body;
  const lists: Record<string, unknown[]> = data.serializableOutput.scrapeList ?? {};
  return {
    state: data.status,
    finishedAt: second(data.finishedAt),
    rows: Object.values(lists).flat(),
  };
}

export async function seenByKognitos({ visitor, runId }: Look): Promise<SeenRun> {
  const { body } = await visitor.get(`/runs/${base36(runId)}`);
  const outputs: { value: unknown }[] = body['outputs'] ?? [];
  // Beside the lists stand single fields and the addresses of artifacts.
  const lists = outputs.flatMap(({ value }) => (Array.isArray(value) ? [value] : []));
  return {
    state: body['status'],
    createdAt: `${body['created_at']}Z`,
    ...(body['outputs'] !== null && { rows: lists.flat() }),
  };
}

export async function seenByUnpod({ visitor, space, runId }: Look): Promise<SeenRun> {
  const runs = `/api/v2/platform/spaces/${space}/runs/`;
  const listed: Body[] = (await visitor.get(`${runs}?page_size=500`)).body['data'];
  const { status, created, modified } = listed.find(({ run_id }) => run_id === lettered('R', runId))!;
  const tasks: Body[] = (await visitor.get(`${runs}${lettered('R', runId)}/tasks/`)).body['data'];
  return {
    state: status,
    createdAt: `${created}Z`,
    modifiedAt: `${modified}Z`,
    rows: tasks.flatMap(({ output }) => output.rows),
    tasks: tasks.map((task) => ({ id: task['task_id'], record: task['ref_id'], state: task['status'] })),
  };
}

export async function seenByRuntype({ visitor, runId }: Look): Promise<SeenRun> {
  const { body } = await visitor.get(`/v1/batch/status/${prefixed('batch', runId)}`);
  const results: Body[] = (await visitor.get(`/v1/schedules/runs/${prefixed('run', runId)}/results`)).body[
    'data'
  ];
  expect(body['results']).toEqual(results);
  return {
    state: body['status'],
    startedAt: body['startedAt'],
    finishedAt: body['completedAt'],
    tasks: results.map((result) => ({
      id: result['recordResultId'],
      record: result['recordId'],
      state: result['status'],
    })),
  };
}

/** The states of runs in the words of the others. */
export const stateWords: Record<'kognitos' | 'unpod' | 'runtype', Record<State, string>> = {
  kognitos: {
    ...{ queued: 'Created', running: 'Running', success: 'Succeeded', partial: 'Succeeded' },
    ...{ failed: 'Failed', aborting: 'Running', aborted: 'Cancelled' },
  },
  unpod: {
    ...{ queued: 'pending', running: 'running', success: 'completed', partial: 'partially_completed' },
    ...{ failed: 'failed', aborting: 'running', aborted: 'failed' },
  },
  runtype: {
    ...{ queued: 'queued', running: 'running', success: 'completed', partial: 'completed' },
    ...{ failed: 'failed', aborting: 'cancelled', aborted: 'cancelled' },
  },
};

/** Those of results, where they are others. */
export const resultWords: Record<string, string> = {
  queued: 'pending',
  aborted: 'failed',
};
