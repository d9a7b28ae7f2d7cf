/** Of a run, what links to it need. */
interface LinkedRun {
  id: string;
  robotId: string;
  taskCount: number;
}

/** Where a run is found, whichever dialect hands out the link. */
export function runUrl({ id, robotId }: Pick<LinkedRun, 'id' | 'robotId'>, base: string): string {
  return `${base}/api/robots/${robotId}/runs/${id}`;
}

/** Where all rows of a run, or of one of its tasks, are read page by page. */
export function dataUrl(run: Pick<LinkedRun, 'id' | 'robotId'>, base: string, taskId?: string): string {
  return `${runUrl(run, base)}/data${taskId === undefined ? '' : `?task=${taskId}`}`;
}

/** Where the bytes of an artifact are. Tasks of one run may have made several of one name. */
export function artifactUrl(
  run: LinkedRun,
  { taskId, name }: { taskId: string; name: string },
  base: string,
): string {
  const ofTask = run.taskCount === 1 ? '' : `?task=${taskId}`;
  return `${runUrl(run, base)}/artifacts/${encodeURIComponent(name)}${ofTask}`;
}
