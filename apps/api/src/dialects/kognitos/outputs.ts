import { isRunEnded, type RowData } from '@runnel/contracts';
import type { ListedRow, RunView } from '@runnel/store';
import { z } from 'zod';
import { artifactUrl, dataUrl, type Links } from '../../run-links';

export const outputsSchema = z
  .array(z.object({ name: z.string(), value: z.unknown() }))
  .nullable()
  .meta({
    description:
      'Null until the run has ended. `error`: why a run that did not succeed whole did not, in a sentence. Each list with its rows; the fields of a list that has one row, each by itself; ' +
      'the address of each artifact; and `data_url`, where all rows are, when they are too many to stand here',
    example: [
      { name: 'total_items', value: 42 },
      { name: 'customer_id', value: '9nvx1hdm9bd74rp585oe81t5i' },
    ],
  });

export type Outputs = z.infer<typeof outputsSchema>;

type RunWithOutputs = Pick<
  RunView,
  | 'id'
  | 'robotId'
  | 'status'
  | 'taskCount'
  | 'tasksSucceeded'
  | 'failure'
  | 'rowCount'
  | 'lists'
  | 'artifacts'
>;

/** What a run brought: the first of its rows, those that were read. */
export function outputsOf(run: RunWithOutputs, rows: ListedRow[], links: Links): Outputs {
  if (!isRunEnded(run.status)) return null;
  const lists = Object.keys(run.lists).map((name) => ({ name, value: dataIn(rows, name) }));
  const artifacts = run.artifacts.map((artifact) => ({
    name: artifact.name,
    value: artifactUrl(run, artifact, links),
  }));
  const error = errorOf(run);
  const fields = fieldsOf(run, rows);
  const own = [...lists, ...fields].filter(({ name }) => error === null || name !== 'error');
  const isCut = rows.length < run.rowCount;
  return [
    ...(error === null ? [] : [{ name: 'error', value: error }]),
    ...own,
    ...artifacts,
    ...(isCut ? [{ name: 'data_url', value: dataUrl(run, links.base) }] : []),
  ];
}

/** Null for a run that succeeded whole. One that was aborted too late has tasks that all succeeded. */
function errorOf({ status, taskCount, tasksSucceeded, failure }: RunWithOutputs): string | null {
  if (status === 'succeeded') return null;
  const message = failure?.message ?? 'The run did not succeed';
  const others = taskCount - tasksSucceeded;
  return taskCount === 1 || others === 0
    ? message
    : `${others} of ${taskCount} tasks did not succeed: ${message}`;
}

function dataIn(rows: ListedRow[], name: string): RowData[] {
  return rows.filter(({ list }) => list === name).map(({ data }) => data);
}

/** The fields of lists that have one row. A name that is taken stays what it is: the row is there to read in its list. */
function fieldsOf({ lists }: Pick<RunView, 'lists'>, rows: ListedRow[]): { name: string; value: unknown }[] {
  const fields = new Map<string, unknown>();
  const single = rows.filter(({ list }) => lists[list] === 1);
  for (const [name, value] of single.flatMap(({ data }) => Object.entries(data))) {
    if (!Object.hasOwn(lists, name) && !fields.has(name)) fields.set(name, value);
  }
  return [...fields].map(([name, value]) => ({ name, value }));
}
