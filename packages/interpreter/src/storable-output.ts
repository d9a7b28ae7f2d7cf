import { cleanCell, cleanText } from '@runnel/extraction';
import type { RowData } from '@runnel/contracts';
import type { Mask } from './mask';
import type { TaskOutput } from './step-context';

const textTypes = /^text\/|[/+](?:json|xml)\b/i;

/**
 * The same output, told only what may be kept: text that Postgres can hold, without the secrets that the robot used.
 * What pages say comes through here, whatever step read it. Pictures stay as they are.
 */
export function storableOutput(output: TaskOutput, mask: Mask): TaskOutput {
  const said = (text: string): string => mask.text(cleanText(text));
  return {
    rows: (list, rows) =>
      output.rows(
        said(list),
        rows.map((row) => mask.cell(cleanCell(row)) as RowData),
      ),
    artifact: ({ name, contentType, bytes }) =>
      output.artifact({ name: said(name), contentType, bytes: maskBytes(bytes, contentType, mask) }),
    warning: (step, message) => output.warning(step, said(message)),
  };
}

function maskBytes(bytes: Buffer, contentType: string, mask: Mask): Buffer {
  if (!textTypes.test(contentType)) return bytes;
  const text = bytes.toString();
  const masked = mask.text(text);
  return masked === text ? bytes : Buffer.from(masked);
}
