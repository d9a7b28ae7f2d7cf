import type { Failure, RowData } from '@runnel/contracts';
import { cleanCell, cleanText } from '@runnel/extraction';

/** The same failure in text that Postgres can keep: its message and details quote the page. */
export function storableFailure(found: Failure): Failure {
  const { message, details } = found;
  return {
    ...found,
    message: cleanText(message),
    ...(details && { details: cleanCell(details as RowData) as RowData }),
  };
}
