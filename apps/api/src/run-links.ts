import { isSameSignature, sign } from './sign';

/** Of a run, what links to it need. */
interface LinkedRun {
  id: string;
  robotId: string;
  taskCount: number;
}

/** What links are made with. */
export interface Links {
  /** The address under which the client knows this API. */
  base: string;
  /** The space's; null: links open nothing by themselves. */
  signingKey: Buffer | null;
}

/** Which artifact a link opens: of the run's tasks, or of one of them. */
export interface ArtifactPlace {
  robotId: string;
  runId: string;
  taskId: string | null;
  name: string;
}

/** Until when, and that we said so. */
export interface Ticket {
  /** Seconds since 1970. */
  expires: string;
  signature: string;
}

const hour = 3_600;

/** Where a run is found, whichever dialect hands out the link. */
export function runUrl({ id, robotId }: Pick<LinkedRun, 'id' | 'robotId'>, base: string): string {
  return `${base}/api/robots/${robotId}/runs/${id}`;
}

/** Where all rows of a run, or of one of its tasks, are read page by page. */
export function dataUrl(run: Pick<LinkedRun, 'id' | 'robotId'>, base: string, taskId?: string): string {
  return `${runUrl(run, base)}/data${taskId === undefined ? '' : `?task=${taskId}`}`;
}

/**
 * Where the bytes of an artifact are: for one to two hours without a key, with one for ever. Tasks of one run may have
 * made several of one name.
 */
export function artifactUrl(
  run: LinkedRun,
  { taskId, name }: { taskId: string; name: string },
  { base, signingKey }: Links,
): string {
  const place = { robotId: run.robotId, runId: run.id, taskId: run.taskCount === 1 ? null : taskId, name };
  const words: Record<string, string> = {
    ...(place.taskId !== null && { task: place.taskId }),
    ...(signingKey && ticketFor(signingKey, place)),
  };
  const query = new URLSearchParams(words).toString();
  return `${base}${artifactPath(place)}${query === '' ? '' : `?${query}`}`;
}

/** True for a ticket that was given for this artifact, whether or not its time is over. */
export function isTicketFor(
  signingKey: Buffer,
  place: ArtifactPlace,
  { expires, signature }: Ticket,
): boolean {
  return isSameSignature(Buffer.from(signature, 'base64url'), signatureOf(signingKey, place, expires));
}

export function isOver({ expires }: Ticket): boolean {
  return Number(expires) * 1_000 <= Date.now();
}

/** Its end is a full hour: who asks again soon is given the same link, and the same answer. */
function ticketFor(signingKey: Buffer, place: ArtifactPlace): Ticket & Record<string, string> {
  const expires = String((Math.floor(Date.now() / 1_000 / hour) + 2) * hour);
  return { expires, signature: signatureOf(signingKey, place, expires).toString('base64url') };
}

function signatureOf(signingKey: Buffer, place: ArtifactPlace, expires: string): Buffer {
  return sign(signingKey, ['artifact', 'GET', artifactPath(place), place.taskId, expires]);
}

function artifactPath({ robotId, runId, name }: ArtifactPlace): string {
  return `${runUrl({ id: runId, robotId }, '')}/artifacts/${encodeURIComponent(name)}`;
}
