import type { Fault } from '@runnel/contracts';
import { asBase36, readUuid } from '../../id-forms';

/** What the verbs call a part of a start, and what its sender called it. Records come out of files only. */
const words: Record<string, string> = {
  fileIds: 'file_ids',
  records: 'file_ids',
  robotId: 'process_id',
  version: 'stage',
};

/** A fault as the sender of the request knows its place. */
export function inOwnWords(fault: Fault): Fault {
  if (fault.path === 'stage' && fault.allowed === undefined) return { ...fault, message: nothingPublished };
  const path = fault.path.replace(/^(?:fileIds|records$|robotId$|version$)/, (word) => words[word] ?? word);
  const found = /^fileIds\[\d+\]$/.test(fault.path) ? asSent(fault.found) : fault.found;
  return { ...fault, path, ...(found !== undefined && { found }) };
}

const nothingPublished =
  'no version of this process is published; publish one, or start it with "stage": "Draft"';

function asSent(found: unknown): unknown {
  const id = typeof found === 'string' ? readUuid(found) : null;
  return id === null ? found : asBase36(id);
}

/** `file_ids[0].x` as its steps: `['file_ids', 0, 'x']`. */
export function stepsOf(path: string): (string | number)[] {
  return [...path.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([^.[]+)/g)].map(
    ([, index, quoted, word = '']) => {
      if (index !== undefined) return Number(index);
      return quoted === undefined ? word : String(JSON.parse(quoted));
    },
  );
}
