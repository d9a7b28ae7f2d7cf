import { setImmediate as nextTurn } from 'node:timers/promises';
import { cleanCell, cleanText } from '@runnel/extraction';
import type { RowData } from '@runnel/contracts';
import type { Mask } from './mask';
import type { StepScope, TaskOutput } from './step-context';

/** All else is masked as text, whatever it is called. */
const binaryTypes =
  /^(?:image\/(?!svg)|audio\/|video\/|font\/|application\/(?:pdf|zip|gzip|octet-stream)\b)/i;
/** For how long the claim, and all else that goes on, waits for the rows of one call. */
const longestHoldMs = 50;

/** Where what steps give goes. Artifacts are named by their step, each otherwise. */
export interface StorableOutput extends Pick<TaskOutput, 'rows' | 'warning'> {
  artifact: StepScope['saveArtifact'];
}

/**
 * The output, told only what may be kept: text that Postgres can hold, without the secrets that the robot used.
 * What pages say comes through here, whatever step read it. Pictures stay as they are.
 */
export function storableOutput(output: TaskOutput, mask: Mask): StorableOutput {
  const said = (text: string): string => mask.text(cleanText(text));
  const used = new Set<string>();
  return {
    rows: async (list, rows) => output.rows(said(list), await storableRows(rows, mask)),
    artifact: ({ name, extension, contentType, bytes }) =>
      output.artifact({
        name: unusedName(used, said(name), extension),
        contentType,
        bytes: binaryTypes.test(contentType) ? bytes : maskBytes(bytes, mask),
      }),
    warning: (step, message) => output.warning(step, said(message)),
  };
}

async function storableRows(rows: RowData[], mask: Mask): Promise<RowData[]> {
  const storable: RowData[] = [];
  let began = performance.now();
  for (const row of rows) {
    storable.push(mask.cell(cleanCell(row)) as RowData);
    if (performance.now() - began < longestHoldMs) continue;
    await nextTurn();
    began = performance.now();
  }
  return storable;
}

function maskBytes(bytes: Buffer, mask: Mask): Buffer {
  const text = bytes.toString();
  const masked = mask.text(text);
  return masked === text ? bytes : Buffer.from(masked);
}

/** `name.extension`, or `name (2).extension` when the task has used that. */
function unusedName(used: Set<string>, name: string, extension: string): string {
  let unused = `${name}.${extension}`;
  for (let count = 2; used.has(unused); count += 1) unused = `${name} (${count}).${extension}`;
  used.add(unused);
  return unused;
}
