import type { Definition, Fault } from '@runnel/contracts';
import { isMaxunRobot } from './maxun/document-parts';
import { readMaxunRobot } from './maxun/read-maxun-robot';
import { readRecording } from './read-recording';

/** A definition of ours and what its sender calls it, or every fault, each at its place in the sender's document. */
export type ReadDefinition =
  { definition: Definition; name: string | null; faults: [] } | { definition: null; faults: Fault[] };

/**
 * Reads the three documents that make a robot, told apart by their shape: a definition of ours or what Chrome's
 * Recorder exports (`steps`), and a robot of Maxun (`recording_meta` and `recording.workflow`, or `workflow`).
 */
export function readDefinition(document: unknown): ReadDefinition {
  return isMaxunRobot(document) ? readMaxunRobot(document) : readRecording(document);
}
