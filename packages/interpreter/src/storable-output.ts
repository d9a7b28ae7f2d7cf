import { cleanCell, cleanText } from '@runnel/extraction';
import type { RowData } from '@runnel/contracts';
import type { TaskOutput } from './step-context';

/** The same output, told only text that Postgres can keep: what pages say comes through here, whatever step read it. */
export function storableOutput(output: TaskOutput): TaskOutput {
  return {
    rows: (list, rows) =>
      output.rows(
        cleanText(list),
        rows.map((row) => cleanCell(row) as RowData),
      ),
    artifact: ({ name, ...artifact }) => output.artifact({ ...artifact, name: cleanText(name) }),
    warning: (step, message) => output.warning(step, cleanText(message)),
  };
}
